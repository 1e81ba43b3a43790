package org.copybay.volumes.evidence;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.TrackStore;
import org.copybay.volumes.track.TrackDevice;
import org.copybay.volumes.track.TrackUse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * INV-1 A point is sealed when the inventory names the sheet of its sealing, and the volume has the
 *       point of that number and instant: numbers begin again when a volume gets another engine.
 * INV-2 Points are sealed by rising number. What a sealing does not look at did not change since
 *       the newest sealed point that is there.
 * INV-3 It is after all was read that the points are asked for: while they are there, what was read
 *       is theirs.
 */
/**
 * What proves that the sealed points of one volume hold what they held. Any thread may call; one
 * sealing, or one other change of the files, runs at a time, and look-ups wait for none.
 */
public final class EvidenceStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EvidenceStore.class);

  // set once
  private final TrackStore store;
  private final TrackDevice device;
  private final TrackUse use;
  private final EvidenceCache cache;
  private final RankedLock turn;

  // those that are sealed and there, by number; any thread
  private final ConcurrentNavigableMap<Integer, SealedPoint> live = new ConcurrentSkipListMap<>();

  private volatile boolean closed; // volatile: set once
  private volatile boolean discarding; // volatile: set by who waits for the turn to discard

  // volatile: replaced under turn by discard, read without it
  private volatile SheetStack sheets;
  private volatile @Nullable String damage; // why nothing of it can be used
  private volatile long cacheNumber = EvidenceCache.newNumber(); // of the verified tracks

  // volatile: set by whoever meets the first page that is bad; what others say is used
  private volatile @Nullable String badPage;

  private EvidenceStore(
      TrackStore store,
      TrackDevice device,
      TrackUse use,
      EvidenceCache cache,
      SheetStack sheets,
      @Nullable String damage) {
    this.store = store;
    this.device = device;
    this.use = use;
    this.cache = cache;
    this.sheets = sheets;
    this.damage = damage;
    this.turn = new RankedLock(LockRank.EVIDENCE, use.number());
    for (SheetFile sheet : sheets.files()) {
      sheet.points().forEach(point -> live.put(point.number(), point));
    }
    forgetDropped();
  }

  /**
   * Opens what lies in the store. Damage is no error here: {@link #of} tells it, reads of points
   * are CORRUPT, and {@link #discard} ends it.
   *
   * @param device has the points; one that it does not have has no evidence any more
   * @param noted the newest root that was noted elsewhere, or null: evidence that does not follow
   *     it is damaged
   */
  public static EvidenceStore open(
      TrackStore store,
      TrackDevice device,
      TrackUse use,
      EvidenceCache cache,
      @Nullable String noted,
      boolean readOnly)
      throws StorageException {
    UUID volume = use.volume().get().id();
    try {
      SheetStack found = SheetStack.open(store, volume, cache, readOnly);
      if (noted != null && !found.follows(noted)) {
        found.close();
        throw SheetLayout.damaged(
            Inventory.FILE,
            "it is not what the audit log noted: root want="
                + noted
                + " got="
                + found.inventory().root());
      }
      return new EvidenceStore(store, device, use, cache, found, null);
    } catch (StorageException e) {
      if (e.fault() != Fault.CORRUPT) {
        throw e;
      }
      LOG.error("evidence: volume={} {}", use.volume().get().name(), e.getMessage());
      SheetStack none = SheetStack.empty(store, volume, cache);
      return new EvidenceStore(store, device, use, cache, none, e.getMessage());
    }
  }

  // ---- facts

  /** What is known of a point. */
  public Evidence of(FrozenPoint point) {
    String why = damage == null ? badPage : damage;
    if (why != null) {
      return new Evidence.Damaged(why);
    }
    SealedPoint sealed = sealed(point);
    return sealed == null ? new Evidence.Unsealed() : new Evidence.Sealed(sealed);
  }

  private @Nullable SealedPoint sealed(FrozenPoint point) {
    SealedPoint sealed = live.get(point.number());
    return sealed != null && sealed.point().timeMillis() == point.timeMillis() ? sealed : null;
  }

  /** Null where a point is not sealed. CORRUPT where that cannot be told. */
  @Nullable SealedPoint requireSealed(FrozenPoint point) throws StorageException {
    requireUndamaged();
    return sealed(point);
  }

  private void requireUndamaged() throws StorageException {
    if (damage != null) {
      throw new StorageException(
          Fault.CORRUPT, "the evidence of volume " + use.volume().get().name() + ": " + damage);
    }
  }

  /** The sealed points that are there, oldest first. */
  public List<SealedPoint> sealedPoints() {
    return List.copyOf(live.values());
  }

  /** The root of what was sealed last, also of a point that was dropped since. */
  public Root root() {
    return sheets.inventory().root();
  }

  EvidenceCache cache() {
    return cache;
  }

  long cacheNumber() {
    return cacheNumber;
  }

  /** {@link SheetStack#expected}. */
  TrackHash expected(int point, long track) throws StorageException {
    try {
      return sheets.expected(point, track);
    } catch (StorageException e) {
      throw noted(e);
    }
  }

  /** {@link SheetStack#nextHeld}. */
  long nextHeld(int point, long track) throws StorageException {
    try {
      return sheets.nextHeld(point, track);
    } catch (StorageException e) {
      throw noted(e);
    }
  }

  private StorageException noted(StorageException e) {
    if (e.fault() == Fault.CORRUPT && badPage == null) {
      LOG.error("evidence: volume={} {}", use.volume().get().name(), e.getMessage());
      badPage = e.getMessage();
    }
    return e;
  }

  String mismatch(FrozenPoint point, long track, TrackHash want, String got) {
    long from = track * TrackHash.TRACK_BYTES;
    long to = Math.min(point.sizeBytes(), from + TrackHash.TRACK_BYTES) - 1;
    return String.format(
        "volume %s, backup point %d: track %d (bytes %d-%d) does not have the hash it was sealed"
            + " with: want %s got %s",
        use.volume().get().name(), point.number(), track, from, to, want, got);
  }

  // ---- what is done with a point

  /** A point, its bytes verified once it is sealed. */
  public Image image(FrozenPoint point) {
    return new VerifiedImage(new PointImage(device, point), this, point);
  }

  /**
   * Reads all of a sealed point and compares it. NOT_FOUND when it is not sealed, or dropped
   * meanwhile; CORRUPT where the evidence itself is damaged.
   */
  public Verified verify(FrozenPoint point, Progress progress, BooleanSupplier stopped)
      throws StorageException {
    if (requireSealed(point) == null) {
      throw new StorageException(Fault.NOT_FOUND, "point " + point.number() + " is not sealed");
    }
    return new Verification(new PointImage(device, point), this, progress, stopped).run();
  }

  /** The point was dropped: what proves it is not kept any longer. Writes nothing. */
  public void drop(FrozenPoint point) {
    SealedPoint sealed = sealed(point);
    if (sealed != null) {
      live.remove(point.number(), sealed);
    }
  }

  private void forgetDropped() {
    live.values().removeIf(each -> !hasPoint(each.point()));
  }

  private boolean hasPoint(FrozenPoint point) {
    return device.points().has(point.number(), point.timeMillis());
  }

  /**
   * Seals a point: hashes what changed since the newest sealed one before it, or all of it. It may
   * take hours, and nothing waits for it. Durable before this returns (P7); an error, or a stop,
   * leaves everything as it was. NOT_FOUND when it is dropped meanwhile, BAD_REQUEST where a later
   * one is sealed.
   *
   * @param stopped is asked between tracks
   * @return null when it was stopped
   */
  public @Nullable SealedPoint seal(FrozenPoint point, Progress progress, BooleanSupplier stopped)
      throws StorageException {
    BooleanSupplier ended = () -> closed || discarding || stopped.getAsBoolean();
    try (var held = turn.enter()) {
      requireUndamaged();
      sheets.requireChangeable();
      forgetDropped();
      SealedPoint already = sealed(point);
      if (already != null || !mergeWhereMany(ended)) {
        return already;
      }
      while (true) {
        SealedPoint base = newestBefore(point);
        try {
          return seal(point, base, progress, ended);
        } catch (StorageException e) {
          boolean isBaseGone = base != null && !hasPoint(base.point());
          if (e.fault() != Fault.NOT_FOUND || !isBaseGone || !hasPoint(point)) {
            throw e;
          }
        }
      }
    }
  }

  /** The newest sealed point, if there is one. BAD_REQUEST where it comes after that point. */
  private @Nullable SealedPoint newestBefore(FrozenPoint point) throws StorageException {
    forgetDropped();
    var newest = live.lastEntry();
    if (newest != null && point.number() <= sheets.inventory().newest()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "point " + point.number() + " comes before one that was sealed: the order is theirs");
    }
    return newest == null ? null : newest.getValue();
  }

  private @Nullable SealedPoint seal(
      FrozenPoint point, @Nullable SealedPoint base, Progress progress, BooleanSupplier stopped)
      throws StorageException {
    PointImage image = new PointImage(device, point);
    image.requireThere();
    if (base == null && !sheets.files().isEmpty()) {
      sheets.replace(0, null); // nobody needs what they say
    }
    FrozenPoint since = base == null ? null : base.point();
    try (SheetWriter writer = sheets.begin()) {
      Inventory inventory = sheets.inventory();
      SealedPoint sealed =
          new Sealing(image, since, this::expected, progress, stopped)
              .run(writer, inventory.root(), inventory.volume());
      if (sealed == null) {
        return null;
      }
      image.requireThere();
      sheets.add(writer.finish(point.number(), point.number(), List.of(sealed)), sealed);
      live.put(point.number(), sealed);
      return sealed;
    }
  }

  // ---- upkeep

  /**
   * Gives back the space of what dropped points needed, where it is much. Nothing waits for it.
   *
   * @param stopped is asked between tracks
   */
  public void tidy(BooleanSupplier stopped) throws StorageException {
    BooleanSupplier ended = () -> closed || discarding || stopped.getAsBoolean();
    try (var held = turn.enter()) {
      requireUndamaged();
      sheets.requireChangeable();
      forgetDropped();
      List<SheetFile> files = sheets.files();
      int listed = files.stream().mapToInt(file -> file.points().size()).sum();
      boolean isAll = live.isEmpty() || MergePlan.isWorthwhile(listed, live.size());
      boolean done = isAll ? files.isEmpty() || mergeFrom(0, ended) : mergeWhereMany(ended);
      LOG.debug("evidence: volume={} tidied={}", use.number(), done);
    }
  }

  private boolean mergeWhereMany(BooleanSupplier stopped) throws StorageException {
    int from = MergePlan.from(sheets.files().stream().map(SheetFile::head).toList());
    return from < 0 || mergeFrom(from, stopped);
  }

  /** Makes one sheet of all from that one on; false when it was stopped. */
  private boolean mergeFrom(int from, BooleanSupplier stopped) throws StorageException {
    List<SheetFile> merged = sheets.files().subList(from, sheets.files().size());
    List<SealedPoint> points =
        merged.stream()
            .flatMap(sheet -> sheet.points().stream())
            .filter(point -> live.containsKey(point.number()))
            .toList();
    if (points.isEmpty()) { // no entry of theirs is needed
      sheets.replace(from, null);
      return true;
    }
    int[] numbers = points.stream().mapToInt(SealedPoint::number).toArray();
    int oldest = merged.get(0).head().oldest();
    int newest = merged.get(merged.size() - 1).head().newest();
    try (SheetWriter writer = sheets.begin()) {
      boolean whole = new SheetMerge(merged, numbers, from == 0).run(writer, stopped);
      if (whole) {
        sheets.replace(from, writer.finish(oldest, newest, points));
      }
      return whole;
    }
  }

  /**
   * Reads all evidence from the disk: every checksum, the order of entries, and the root of each
   * sealing of which no entry was left out since. CORRUPT.
   *
   * @return how many roots were computed again
   */
  public int check() throws StorageException {
    try (var held = turn.enter()) {
      requireUndamaged();
      return sheets.check(false);
    }
  }

  /**
   * Removes all evidence, damaged or not: no point is sealed any more. A sealing that is under way
   * is stopped. After a crash in the middle it is damaged, and can be removed again. P7
   */
  public void discard() throws StorageException {
    discarding = true;
    try (var held = turn.enter()) {
      discarding = false;
      EvidenceFiles.deleteAll(store);
      SheetStack old = sheets;
      sheets = SheetStack.empty(store, use.volume().get().id(), cache);
      live.clear();
      cacheNumber = EvidenceCache.newNumber();
      damage = null;
      badPage = null;
      old.close();
    }
  }

  /** Ends it. A sealing that is under way stops, or meets files that are closed. */
  @Override
  public void close() {
    closed = true;
    sheets.close();
  }
}
