package org.copybay.copy.optical;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the job of a duplicate has to know, as the words in its row.
 *
 * @param source key of the source
 * @param targets keys of the targets
 * @param newIds what they are called then
 * @param allowMediaErrors whether the data of damaged files is left out
 * @param listDamaged whether damaged files are listed
 * @param unloadFrom whether the source is taken out at the end
 * @param unloadTo the same of the targets
 * @param verify what is read again
 * @param incremental whether what is known to be equal is left out
 * @param resume whether a duplicate that did not end goes on
 * @param exclusive whether nobody uses the source
 * @param interruptible whether orders are taken
 * @param end the end of the last sector of the source that was written when it began
 */
record DuplicateOptions(
    String source,
    List<String> targets,
    List<String> newIds,
    boolean allowMediaErrors,
    boolean listDamaged,
    boolean unloadFrom,
    boolean unloadTo,
    DuplicateSpec.Verify verify,
    boolean incremental,
    boolean resume,
    boolean exclusive,
    boolean interruptible,
    long end) {

  static DuplicateOptions of(DuplicateSpec wanted, DuplicatePlan plan, long end) {
    return new DuplicateOptions(
        plan.source().key(),
        plan.targets().stream().map(target -> target.volume().key()).toList(),
        plan.targets().stream().map(DuplicatePlan.Target::newId).toList(),
        wanted.allowMediaErrors(),
        wanted.listDamaged(),
        wanted.unloadFrom(),
        wanted.unloadTo(),
        wanted.verify(),
        wanted.incremental(),
        wanted.resume(),
        wanted.exclusive(),
        wanted.interruptible(),
        end);
  }

  String text() {
    Map<String, Object> words = new LinkedHashMap<>();
    words.put("source", source);
    words.put("targets", String.join(",", targets));
    words.put("ids", String.join(",", newIds));
    words.put("mederr", allowMediaErrors);
    words.put("list", listDamaged);
    words.put("unload_from", unloadFrom);
    words.put("unload_to", unloadTo);
    words.put("verify", verify.name());
    words.put("incr", incremental);
    words.put("resume", resume);
    words.put("exclusive", exclusive);
    words.put("interruptible", interruptible);
    words.put("end", end);
    return words.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining(" "));
  }

  static DuplicateOptions parse(String text) {
    Map<String, String> words =
        Arrays.stream(text.split(" ", -1))
            .map(word -> word.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    return new DuplicateOptions(
        words.getOrDefault("source", ""),
        list(words.getOrDefault("targets", "")),
        list(words.getOrDefault("ids", "")),
        yes(words, "mederr"),
        yes(words, "list"),
        yes(words, "unload_from"),
        yes(words, "unload_to"),
        DuplicateSpec.Verify.valueOf(words.getOrDefault("verify", "YES")),
        yes(words, "incr"),
        yes(words, "resume"),
        yes(words, "exclusive"),
        yes(words, "interruptible"),
        Long.parseLong(words.getOrDefault("end", "0")));
  }

  private static List<String> list(String text) {
    return List.of(text.split(",", -1));
  }

  private static boolean yes(Map<String, String> words, String key) {
    return Boolean.parseBoolean(words.get(key));
  }
}
