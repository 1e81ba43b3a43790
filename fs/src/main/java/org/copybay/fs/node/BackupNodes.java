package org.copybay.fs.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.control.tree.ControlTree;
import org.copybay.copy.safeguarded.Backup;
import org.copybay.copy.safeguarded.Safeguarded;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.jspecify.annotations.Nullable;

/*
 * Node numbers. A session gets a number when it is first seen, 1024 and up, and keeps it until the
 * unmount; its directory has that number << 40, and its backups and their files have their inode
 * numbers above it, which are unique in the bay and below 1 << 40. So what two sessions show of one
 * point, one after the other or each its own volumes, has two numbers, and none of them is below
 * 1 << 50, where the other trees are.
 */
/**
 * backups/: a directory for each safeguarded session, in it one for each backup, by number, and in
 * that a file for each volume. What somebody tries to change here is refused, whoever it is, and
 * noted in the audit log; who only reads leaves no trace. Any thread may call.
 */
final class BackupNodes extends FrozenNodes {
  /** The directory backups/. */
  static final long ROOT = 6;

  static final String NAME = "backups";

  private static final int SESSION_SHIFT = 40;
  private static final long FIRST_SESSION = 1L << 10;
  private static final long BASE = FIRST_SESSION << SESSION_SHIFT;

  /** So that who owns the mount gets here too, and not only to a refusal of the kernel. */
  private static final int DIRECTORY_PERMISSIONS = 0755;

  /**
   * A directory that the kernel knows. What it holds is looked up anew each time.
   *
   * @param session its name
   * @param backup number of the backup, or 0 for the directory of the session
   * @param nanos its times, since 1970
   */
  private record Place(String session, long backup, long nanos) {
    String path() {
      return NAME + "/" + session + (backup == 0 ? "" : "/" + backup);
    }
  }

  private final Safeguarded safeguarded;
  private final Refusal refusal;
  private final ControlTree control;
  private final long startedNanos;
  private final NodeTable<Place> directories = new NodeTable<>();
  private final ConcurrentMap<String, Long> sessions = new ConcurrentHashMap<>();
  private final AtomicLong nextSession = new AtomicLong(FIRST_SESSION);

  BackupNodes(
      Safeguarded safeguarded,
      Owner owner,
      Refusal refusal,
      ControlTree control,
      long startedNanos) {
    super(owner, refusal);
    this.safeguarded = safeguarded;
    this.refusal = refusal;
    this.control = control;
    this.startedNanos = startedNanos;
  }

  static boolean owns(long node) {
    return node == ROOT || (node >= BASE && node < TapeFileNodes.BASE);
  }

  /** The number of a session's directory. */
  private long node(String session) {
    return sessions.computeIfAbsent(session, name -> nextSession.getAndIncrement())
        << SESSION_SHIFT;
  }

  private long node(String session, PointInTime point) {
    return node(session) + point.inode();
  }

  private long node(String session, PointVolume volume) {
    return node(session) + volume.inode();
  }

  // ---- what lies where

  @Override
  long lookup(long parent, String name, FuseAttr attr) throws FuseException {
    if (parent == ROOT) {
      SafeguardedSession session = safeguarded.findOrNull(name);
      if (session == null) {
        throw new FuseException(Errno.ENOENT);
      }
      long created = Times.nanos(session.state().created());
      return remember(node(name), new Place(name, 0, created), attr);
    }
    Place place = place(parent);
    if (place.backup == 0) {
      Backup backup = require(findBackup(place.session, numberOf(name)));
      PointInTime point = require(backup.point());
      long created = Times.nanos(point.created());
      Place found = new Place(place.session, backup.id(), created);
      return remember(node(place.session, point), found, attr);
    }
    PointVolume volume =
        require(findBackup(place.session, place.backup)).volumes().stream()
            .filter(of -> of.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new FuseException(Errno.ENOENT));
    return remember(node(place.session, volume), volume, place.path() + "/" + name, attr);
  }

  private static <T> T require(@Nullable T found) throws FuseException {
    if (found == null) {
      throw new FuseException(Errno.ENOENT);
    }
    return found;
  }

  /** The number in that name, as it is written in a listing; else 0. */
  private static long numberOf(String name) {
    try {
      long id = Long.parseLong(name);
      return name.equals(Long.toString(id)) ? id : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private @Nullable Backup findBackup(String name, long id) {
    SafeguardedSession session = safeguarded.findOrNull(name);
    if (session == null || !session.state().backups().containsKey(id)) {
      return null;
    }
    try {
      return safeguarded.backup(session, id);
    } catch (StorageException e) {
      return null; // it was expired meanwhile
    }
  }

  private long remember(long node, Place place, FuseAttr attr) {
    directories.add(node, place);
    directory(node, DIRECTORY_PERMISSIONS, place.nanos, attr);
    return node;
  }

  @Override
  void forgetDirectory(long node, long count) {
    directories.forget(node, count);
  }

  private Place place(long node) throws FuseException {
    Place place = directories.get(node);
    if (place == null) {
      throw noDirectory(node);
    }
    return place;
  }

  @Override
  List<DirectoryEntry> list(long node) throws FuseException {
    List<DirectoryEntry> entries = new ArrayList<>();
    if (node == ROOT) {
      for (SafeguardedSession session : safeguarded.sessions()) {
        String name = session.name();
        entries.add(new DirectoryEntry(name, node(name), FileMode.S_IFDIR));
      }
      return entries;
    }
    Place place = place(node);
    if (place.backup == 0) {
      listBackups(place.session, entries);
      return entries;
    }
    Backup backup = findBackup(place.session, place.backup);
    for (PointVolume volume : backup == null ? List.<PointVolume>of() : backup.volumes()) {
      entries.add(new DirectoryEntry(volume.name(), node(place.session, volume), FileMode.S_IFREG));
    }
    return entries;
  }

  private void listBackups(String name, List<DirectoryEntry> entries) {
    SafeguardedSession session = safeguarded.findOrNull(name);
    if (session == null) {
      return;
    }
    for (Backup backup : safeguarded.backupsOf(session)) {
      PointInTime point = backup.point();
      if (point != null) {
        entries.add(
            new DirectoryEntry(Long.toString(backup.id()), node(name, point), FileMode.S_IFDIR));
      }
    }
  }

  @Override
  boolean directoryAttributes(long node, FuseAttr attr) {
    Place place = directories.get(node);
    if (node == ROOT || place != null) {
      directory(node, DIRECTORY_PERMISSIONS, place == null ? startedNanos : place.nanos, attr);
      return true;
    }
    return false;
  }

  // ---- gestures

  /** FORBIDDEN, and an entry in the audit log. */
  @Override
  FuseException refuse(Request request, String gesture, long node, String name) {
    String path = path(node) + (name.isEmpty() ? "" : "/" + name);
    StorageException error =
        new StorageException(
            Fault.FORBIDDEN,
            "a safeguarded backup cannot be changed",
            "safeguarded expire session=SESSION backup=ID, when neither a lock nor a hold keeps it");
    try {
      AuditedGesture.run(
          control,
          request,
          path,
          gesture + " " + Words.word(path),
          () -> {
            throw error;
          });
    } catch (StorageException e) {
      return refusal.of(request, path, e);
    }
    throw new AssertionError("not refused: " + path);
  }

  private String path(long node) {
    Shown file = findFile(node);
    Place place = directories.get(node);
    return file != null ? file.path() : place != null ? place.path() : NAME;
  }
}
