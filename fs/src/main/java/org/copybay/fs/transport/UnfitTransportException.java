package org.copybay.fs.transport;

import java.io.IOException;

/**
 * A mount that failed because this machine lacks what the transport needs; another transport may
 * do. Nothing is mounted. A refusal that every transport would meet is another {@link IOException}.
 */
public final class UnfitTransportException extends IOException {

  private static final long serialVersionUID = 1L;

  /** With what is missing, as a sentence for the user. */
  public UnfitTransportException(String message) {
    super(message);
  }
}
