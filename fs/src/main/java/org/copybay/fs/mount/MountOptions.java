package org.copybay.fs.mount;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.jspecify.annotations.Nullable;

/**
 * The options of one mount, read once.
 *
 * @param readOnly nothing may change
 * @param allowOther other users than the one who mounts may enter
 * @param noExec no program runs from there
 * @param sync every write is fenced before its answer
 * @param transport by which transport, or null for the one that this machine can have
 * @param recover what the end of the mount before is taken for
 * @param uid user that everything belongs to, or null for each file's own
 * @param gid group that everything belongs to, or null
 * @param source what findmnt and df show, or null for copybay#BAY
 * @param text the options as they were given
 */
record MountOptions(
    boolean readOnly,
    boolean allowOther,
    boolean noExec,
    boolean sync,
    Transports.@Nullable Choice transport,
    RecoverMode recover,
    @Nullable Integer uid,
    @Nullable Integer gid,
    @Nullable String source,
    String text) {

  /** What mount(8), fstab and systemd add, and what holds for every mount here anyway. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "rw",
          "suid",
          "nosuid",
          "dev",
          "nodev",
          "auto",
          "noauto",
          "user",
          "nouser",
          "users",
          "owner",
          "group",
          "nofail",
          "_netdev",
          "defaults",
          "atime",
          "noatime",
          "relatime",
          "strictatime",
          "diratime",
          "nodiratime",
          "lazytime",
          "nolazytime",
          "nosymfollow",
          "dirsync",
          "default_permissions");

  /** Those with an effect, for people. */
  static final String KNOWN =
      "ro, noexec, sync, allow_other, transport=dev|jnr, recover=auto|power|process, uid=N, gid=N, fsname=NAME";

  /** Reads lists of options as given with -o. BAD_REQUEST for what nobody knows. */
  static MountOptions parse(List<String> lists) throws StorageException {
    boolean readOnly = false;
    boolean allowOther = false;
    boolean noExec = false;
    boolean sync = false;
    Transports.Choice transport = null;
    RecoverMode recover = RecoverMode.AUTO;
    Integer uid = null;
    Integer gid = null;
    String source = null;
    List<String> given = new ArrayList<>();
    for (String option : String.join(",", lists).split(",", -1)) {
      if (option.isEmpty()) {
        continue;
      }
      given.add(option);
      if (option.equals("ro") || option.equals("rw")) {
        readOnly = option.equals("ro");
      } else if (option.equals("noexec") || option.equals("exec")) {
        noExec = option.equals("noexec");
      } else if (option.equals("sync") || option.equals("async")) {
        sync = option.equals("sync");
      } else if (option.equals("allow_other")) {
        allowOther = true;
      } else if (option.startsWith("transport=")) {
        transport = transport(option);
      } else if (option.startsWith("recover=")) {
        recover = recover(option);
      } else if (option.startsWith("uid=")) {
        uid = number(option);
      } else if (option.startsWith("gid=")) {
        gid = number(option);
      } else if (option.startsWith("fsname=") && option.length() > 7) {
        source = option.substring(7);
      } else if (!withoutEffect(option)) {
        throw new StorageException(
            Fault.BAD_REQUEST, "unknown mount option " + option + ", known are " + KNOWN);
      }
    }
    return new MountOptions(
        readOnly,
        allowOther,
        noExec,
        sync,
        transport,
        recover,
        uid,
        gid,
        source,
        String.join(",", given));
  }

  private static boolean withoutEffect(String option) {
    return WITHOUT_EFFECT.contains(option)
        || option.startsWith("x-")
        || option.startsWith("user=") // libmount before 2.39 says who mounts
        || option.startsWith("comment=")
        || option.startsWith("subtype=");
  }

  private static Transports.Choice transport(String option) throws StorageException {
    for (Transports.Choice choice : Transports.Choice.values()) {
      if (option.equals("transport=" + choice.name().toLowerCase(Locale.ROOT))) {
        return choice;
      }
    }
    throw new StorageException(
        Fault.BAD_REQUEST,
        option + ": want transport=dev or transport=jnr; without it the right one is taken");
  }

  private static RecoverMode recover(String option) throws StorageException {
    for (RecoverMode mode : RecoverMode.values()) {
      if (option.equals("recover=" + mode.name().toLowerCase(Locale.ROOT))) {
        return mode;
      }
    }
    throw new StorageException(
        Fault.BAD_REQUEST, option + ": want recover=auto, recover=power or recover=process");
  }

  private static int number(String option) throws StorageException {
    String value = option.substring(option.indexOf('=') + 1);
    if (!value.matches("[0-9]{1,10}") || Long.parseLong(value) > Integer.MAX_VALUE) {
      throw new StorageException(
          Fault.BAD_REQUEST, option + ": want a number from 0 to " + Integer.MAX_VALUE);
    }
    return Integer.parseInt(value);
  }
}
