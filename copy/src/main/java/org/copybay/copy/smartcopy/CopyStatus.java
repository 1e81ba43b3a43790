package org.copybay.copy.smartcopy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.copybay.copy.library.TapeCartridge;

/**
 * The states of cartridges with respect to their copies, in the words of Command View VLS (HP,
 * "Cartridge status").
 */
public record CopyStatus(Policies policies) {

  /** The state of a cartridge. */
  public String of(TapeCartridge cartridge) {
    String verb = policies.verbOf(cartridge.holder());
    if (verb.equals(SmartCopies.VERB)) {
      return "Mirroring";
    }
    if (cartridge.row().medium().job() != null) {
      return "Restoring";
    }
    if (cartridge.row().medium().damage() != null) {
      return "Mirror Broken";
    }
    if (cartridge.row().medium().copy() != null) {
      return policies.isCurrent(cartridge) ? "Up To Date" : "Out of Sync";
    }
    if (policies.of(cartridge).isEmpty() && policies.validCopies(cartridge).isEmpty()) {
      return "Unmanaged";
    }
    if (cartridge.row().place().isInDrive()) {
      return "In Use";
    }
    if (cartridge.contents().objects() == 0) {
      return "Waiting for Backup Data";
    }
    CopyRequest last = policies.queue().last(cartridge.barcode());
    if (last != null && !last.state().ended()) {
      return scheduled(last);
    }
    if (!policies.validCopies(cartridge).isEmpty()) {
      return "Up To Date";
    }
    boolean broken = last != null && last.state() == CopyRequest.State.FAILED;
    return broken ? "Mirror Broken" : "Out of Sync";
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
  public Map<String, Integer> summary(List<TapeCartridge> cartridges) {
    Map<String, Integer> counts = new TreeMap<>();
    cartridges.forEach(each -> counts.merge(of(each), 1, Integer::sum));
    return counts;
  }
}
