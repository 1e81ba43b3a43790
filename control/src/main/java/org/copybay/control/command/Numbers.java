package org.copybay.control.command;

/** Values that are whole numbers of a range. */
final class Numbers {
  private Numbers() {}

  /**
   * The value of a key from the least to the most, or what it is where the key is absent.
   * BAD_REQUEST.
   */
  static int of(Arguments arguments, String key, int absent, int least, int most)
      throws RefusedException {
    if (!arguments.has(key)) {
      return absent;
    }
    long number = arguments.number(key);
    if (number < least || number > most) {
      throw RefusedException.badRequest(
          arguments.column(key), key + "= is " + least + " to " + most + ", got " + number);
    }
    return (int) number;
  }
}
