package org.copybay.control.command;

import org.copybay.control.report.Caller;
import org.copybay.volumes.bay.Catalogue;

/**
 * One command that is about to be checked.
 *
 * @param arguments its bound arguments
 * @param caller who wrote it
 * @param acceptance what the catalogue notes in the transaction in which it takes effect; what has
 *     none may leave it out
 * @param approved whether a second person wants it too
 * @param kept reads commands that were kept
 */
record Request(
    Arguments arguments,
    Caller caller,
    Catalogue.Change acceptance,
    boolean approved,
    KeptCommand.Reader kept) {}
