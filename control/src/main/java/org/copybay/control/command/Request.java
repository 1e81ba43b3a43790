package org.copybay.control.command;

import org.copybay.control.report.Caller;

/**
 * One command that is about to be checked.
 *
 * @param arguments its bound arguments
 * @param caller who wrote it
 */
record Request(Arguments arguments, Caller caller) {}
