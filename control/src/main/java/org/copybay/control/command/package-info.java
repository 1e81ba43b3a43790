/** The grammar and the verbs: one written line becomes one command or one explained error. */
@NullMarked
package org.copybay.control.command;

import org.jspecify.annotations.NullMarked;
