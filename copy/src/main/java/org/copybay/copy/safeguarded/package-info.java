/**
 * Safeguarded Copy: sessions of volumes, backups that nobody removes before their time, and their
 * recovery. The model is Safeguarded Copy of the IBM DS8000 with IBM Copy Services Manager.
 */
@NullMarked
package org.copybay.copy.safeguarded;

import org.jspecify.annotations.NullMarked;
