package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The frame of XML in which the original answers (ETERNUS SF AdvancedCopy Manager, option -xml), as
 * lines. One thread.
 */
final class OpcXml {
  /** What {@code ReturnCode} says where some failed. */
  private static final int SOME_FAILED = 6;

  private final List<String> results = new ArrayList<>();
  private int count;
  private int failed;

  /**
   * Adds what became of one thing.
   *
   * @param object that it is about
   * @param succeeded whether it did
   * @param message for people
   * @param detail elements in their order; null makes an empty one
   */
  void add(String object, boolean succeeded, String message, Map<String, @Nullable Object> detail) {
    count++;
    failed += succeeded ? 0 : 1;
    StringBuilder all = new StringBuilder();
    detail.forEach((name, value) -> all.append(element(name, value)));
    results.add("    <Result>");
    results.add("      " + element("Object", object));
    results.add("      " + element("Status", succeeded ? "Succeeded" : "Failed"));
    results.add("      " + element("Message", message));
    results.add("      <Detail>" + all + "</Detail>");
    results.add("    </Result>");
  }

  /** The whole response. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("<Response>");
    lines.add("  " + element("ReturnCode", failed == 0 ? 0 : SOME_FAILED));
    lines.add(
        "  "
            + element(
                "Message",
                failed == 0 ? "Operation completed" : failed + " of " + count + " failed"));
    lines.add("  <ResultList>");
    lines.addAll(results);
    lines.add("  </ResultList>");
    lines.add("</Response>");
    return lines;
  }

  private static String element(String name, @Nullable Object value) {
    String text = value == null ? "" : escape(value.toString());
    return "<" + name + ">" + text + "</" + name + ">";
  }

  /** A text in which nothing is a mark of XML; a space stands for what XML 1.0 cannot hold. */
  static String escape(String text) {
    StringBuilder all = new StringBuilder();
    text.codePoints()
        .forEach(
            character -> {
              switch (character) {
                case '&' -> all.append("&amp;");
                case '<' -> all.append("&lt;");
                case '>' -> all.append("&gt;");
                case '"' -> all.append("&quot;");
                case '\'' -> all.append("&apos;");
                default -> all.appendCodePoint(isText(character) ? character : ' ');
              }
            });
    return all.toString();
  }

  private static boolean isText(int character) {
    boolean surrogate =
        character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    return !Character.isISOControl(character)
        && !surrogate
        && character != 0xfffe
        && character != 0xffff;
  }
}
