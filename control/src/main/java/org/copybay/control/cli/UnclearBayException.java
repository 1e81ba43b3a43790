package org.copybay.control.cli;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** No bay, or more than one, may be meant. Its message is all there is to say: no usage text. */
final class UnclearBayException extends ParameterException {
  private static final long serialVersionUID = 1L;

  UnclearBayException(CommandLine line, String message) {
    super(line, message);
  }
}
