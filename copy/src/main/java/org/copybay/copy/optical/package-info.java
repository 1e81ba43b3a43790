/**
 * Optical storage as IBM i has it: devices, cartridges and volumes, and DUPOPT, which duplicates a
 * volume sector by sector.
 */
@NullMarked
package org.copybay.copy.optical;

import org.jspecify.annotations.NullMarked;
