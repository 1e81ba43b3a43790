package org.copybay.copy.smartcopy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.Tapes;
import org.jspecify.annotations.Nullable;

/**
 * Which cartridges are copies of which, as it was when this was made, and the states that follow,
 * in the words of Command View VLS (HP, "Cartridge status"). Made once for a whole list: nothing
 * here goes through all cartridges again. Any thread may call.
 */
public final class CopyStatus {
  private final Policies policies;
  private final Map<UUID, TapeCartridge> byId = new HashMap<>();
  private final Map<UUID, List<TapeCartridge>> copies = new HashMap<>();
  private final Map<String, CopyRequest> lastRequests = new HashMap<>();

  CopyStatus(Tapes tapes, Policies policies) {
    this.policies = policies;
    for (TapeCartridge each : tapes.cartridges()) {
      byId.put(each.row().id(), each);
      CopyOf copy = each.row().medium().copy();
      if (copy != null) {
        copies.computeIfAbsent(copy.source(), key -> new ArrayList<>()).add(each);
      }
    }
    policies.queue().all().forEach(each -> lastRequests.put(each.barcode(), each));
  }

  /** The copies that hold what a cartridge holds now, and are not damaged. */
  public List<TapeCartridge> validCopies(TapeCartridge cartridge) {
    return copies.getOrDefault(cartridge.row().id(), List.of()).stream()
        .filter(each -> isValidCopy(each, cartridge))
        .toList();
  }

  /** Whether a cartridge is a copy that holds what the other one holds now, and is not damaged. */
  static boolean isValidCopy(TapeCartridge each, TapeCartridge source) {
    CopyOf copy = each.row().medium().copy();
    return copy != null
        && copy.source().equals(source.row().id())
        && each.row().medium().damage() == null
        && copy.isOf(source.contents());
  }

  /** When a cartridge was copied last: of a copy, when it was made; null for never. */
  public @Nullable Instant lastCopied(TapeCartridge cartridge) {
    CopyOf copy = cartridge.row().medium().copy();
    if (copy != null) {
      return copy.at();
    }
    return copies.getOrDefault(cartridge.row().id(), List.of()).stream()
        .map(each -> each.row().medium().copy())
        .filter(Objects::nonNull)
        .map(CopyOf::at)
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  /** Whether a copy holds what its source holds now; one whose source is gone does. */
  private boolean isCurrent(CopyOf copy) {
    TapeCartridge source = byId.get(copy.source());
    return source == null || copy.isOf(source.contents());
  }

  /** The state of a cartridge. */
  public String of(TapeCartridge cartridge) {
    String verb = policies.verbOf(cartridge.holder());
    CopyOf copy = cartridge.row().medium().copy();
    if (verb.equals(SmartCopies.VERB)) {
      return "Mirroring";
    }
    if (cartridge.row().medium().job() != null) {
      return "Restoring";
    }
    if (cartridge.row().medium().damage() != null) {
      return "Mirror Broken";
    }
    if (copy != null) {
      return isCurrent(copy) ? "Up To Date" : "Out of Sync";
    }
    boolean copied = !validCopies(cartridge).isEmpty();
    return !copied && policies.of(cartridge).isEmpty() ? "Unmanaged" : ofSource(cartridge, copied);
  }

  private String ofSource(TapeCartridge cartridge, boolean copied) {
    if (cartridge.row().place().isInDrive()) {
      return "In Use";
    }
    if (cartridge.contents().objects() == 0) {
      return "Waiting for Backup Data";
    }
    CopyRequest last = lastRequests.get(cartridge.barcode());
    if (last != null && !last.state().ended()) {
      return scheduled(last);
    }
    boolean broken = last != null && last.state() == CopyRequest.State.FAILED;
    return copied ? "Up To Date" : broken ? "Mirror Broken" : "Out of Sync";
  }

  private String scheduled(CopyRequest request) {
    CopyPolicy policy = policies.findOrNull(request.policy());
    boolean ejects = policy != null && policy.eject();
    return switch (request.state()) {
      case PAUSED -> "Paused";
      case COPYING -> ejects ? "Mirroring before Eject" : "Mirroring";
      default -> ejects ? "Mirror/Eject Pending" : "Mirror Scheduled";
    };
  }

  /** How many cartridges are in each state, those states that some are in. */
  public Map<String, Integer> summary() {
    Map<String, Integer> counts = new TreeMap<>();
    byId.values().forEach(each -> counts.merge(of(each), 1, Integer::sum));
    return counts;
  }
}
