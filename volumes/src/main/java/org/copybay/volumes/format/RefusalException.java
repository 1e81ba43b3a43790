package org.copybay.volumes.format;

/** A format was found that cannot be relabelled; the message is the sentence that says why. */
final class RefusalException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String sentence;

  RefusalException(String sentence) {
    super(sentence);
    this.sentence = sentence;
  }

  String sentence() {
    return sentence;
  }
}
