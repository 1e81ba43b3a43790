package org.copybay.copy.shadow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.copy.shadow.MemberLabel.Past;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.jspecify.annotations.Nullable;

/**
 * What the catalogue remembers of a shadow set; the labels of its members decide.
 *
 * @param id names its directory
 * @param inode number in the mount
 * @param name of the virtual unit
 * @param label name of what is on it
 * @param size bytes
 * @param owner of the virtual unit
 * @param created when it was made
 * @param mounted whether the virtual unit is there
 * @param lineage the changes of who is a member
 * @param settings what can be set by command
 * @param members those that there are, and the former ones that are remembered, in their order
 */
public record SetRecord(
    UUID id,
    long inode,
    String name,
    String label,
    long size,
    Owner owner,
    Instant created,
    boolean mounted,
    Lineage lineage,
    Settings settings,
    List<MemberRecord> members) {

  /**
   * The changes of who is a member.
   *
   * @param generation their number
   * @param change id of the newest
   * @param past those before, newest first
   */
  public record Lineage(long generation, UUID change, List<Past> past) {
    public Lineage {
      past = List.copyOf(past.subList(0, Math.min(past.size(), MemberLabel.MAX_PAST)));
    }

    static Lineage first() {
      return new Lineage(1, UUID.randomUUID(), List.of());
    }

    /** Of a member that is never current. */
    static Lineage none() {
      return new Lineage(0, new UUID(0, 0), List.of());
    }

    static Lineage of(MemberLabel label) {
      return new Lineage(label.generation(), label.change(), label.past());
    }

    /**
     * Whether what the member of that label holds is older than this, or the same: every change
     * that it knows is known here.
     */
    boolean descendsFrom(MemberLabel other) {
      if (change.equals(other.change())) {
        return true;
      }
      int most = MemberLabel.MAX_PAST;
      boolean forgotten =
          past.size() == most && other.generation() < past.get(most - 1).generation();
      return past.contains(new Past(other.generation(), other.change())) || forgotten;
    }

    /** With one more change. */
    Lineage next() {
      List<Past> more = new ArrayList<>();
      more.add(new Past(generation, change));
      more.addAll(past);
      return new Lineage(generation + 1, UUID.randomUUID(), more);
    }
  }

  /**
   * What can be set by command.
   *
   * @param priority of its copies and merges, 0 to 10000; with 0 there are none
   * @param memberSeconds how long a member may fail before it is expelled
   * @param bytesPerSecond limit of each copy and merge, 0 for none
   */
  public record Settings(int priority, int memberSeconds, long bytesPerSecond) {
    /** The greatest priority. */
    public static final int MAX_PRIORITY = 10_000;

    /** The most seconds that a member may fail; the least is 1. */
    public static final int MAX_MEMBER_SECONDS = 65_535;

    /** SET SHADOW/PRIORITY and SHADOW_MBR_TMO as OpenVMS has them. */
    static final Settings USUAL = new Settings(5000, 120, 0);
  }

  public SetRecord {
    members = List.copyOf(members);
  }

  /** What is remembered of that volume, or null. */
  public @Nullable MemberRecord find(UUID volume) {
    return members.stream().filter(m -> m.volume().equals(volume)).findFirst().orElse(null);
  }

  /** Those of that role, in their order. */
  public List<MemberRecord> of(MemberRole role) {
    return members.stream().filter(m -> m.role() == role).toList();
  }

  /** With that member as it is now, at the place it had, or as the last. */
  SetRecord with(MemberRecord member) {
    List<MemberRecord> more = new ArrayList<>();
    boolean placed = false;
    for (MemberRecord each : members) {
      boolean same = each.volume().equals(member.volume());
      more.add(same ? member : each);
      placed |= same;
    }
    if (!placed) {
      more.add(member);
    }
    return withMembers(more);
  }

  SetRecord without(UUID volume) {
    return withMembers(members.stream().filter(m -> !m.volume().equals(volume)).toList());
  }

  SetRecord withMembers(List<MemberRecord> newMembers) {
    return new SetRecord(
        id, inode, name, label, size, owner, created, mounted, lineage, settings, newMembers);
  }

  SetRecord withMounted(boolean newMounted) {
    return new SetRecord(
        id, inode, name, label, size, owner, created, newMounted, lineage, settings, members);
  }

  SetRecord withLineage(Lineage newLineage) {
    return new SetRecord(
        id, inode, name, label, size, owner, created, mounted, newLineage, settings, members);
  }

  SetRecord withSettings(Settings newSettings) {
    return new SetRecord(
        id, inode, name, label, size, owner, created, mounted, lineage, newSettings, members);
  }

  SetRecord withOwner(Owner newOwner) {
    return new SetRecord(
        id, inode, name, label, size, newOwner, created, mounted, lineage, settings, members);
  }

  SetRecord withSize(long newSize) {
    return new SetRecord(
        id, inode, name, label, newSize, owner, created, mounted, lineage, settings, members);
  }
}
