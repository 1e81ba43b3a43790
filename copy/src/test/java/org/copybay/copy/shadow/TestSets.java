package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.READER;
import static org.copybay.copy.TestJobs.WRITER;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobOrder;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.HookedDisk;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.journal.RecoverMode;
import org.jspecify.annotations.Nullable;

/** A bay with shadow sets in a directory of a test. */
final class TestSets implements AutoCloseable {
  static final VolumeRecord.Owner OWNER = new VolumeRecord.Owner(1, 2, 0640);
  static final long SIZE = 3 << 20;

  /** No copy and no merge begins, and a member that fails is soon given up. */
  static final SetRecord.Settings NO_JOBS = new SetRecord.Settings(0, 1, 0);

  final Path path;
  final Bay bay;
  final Jobs jobs;
  final ShadowSets sets;

  private TestSets(Path path, RecoverMode recover) throws StorageException {
    this.path = path;
    this.bay = BayOpener.open(path, false, recover, 1 << 20, Clock.systemUTC());
    this.jobs = new Jobs(bay);
    this.sets = new ShadowSets(bay, jobs);
    sets.load();
    jobs.load();
    sets.startMissing();
    jobs.start();
  }

  static TestSets create(Path path) throws StorageException {
    BayOpener.init(path, Clock.systemUTC());
    return open(path);
  }

  static TestSets open(Path path) throws StorageException {
    return open(path, RecoverMode.AUTO);
  }

  static TestSets open(Path path, RecoverMode recover) throws StorageException {
    return new TestSets(path, recover);
  }

  Volume volume(String name) throws StorageException {
    return volume(name, SIZE, null);
  }

  Volume volume(String name, long size, @Nullable Path directory) throws StorageException {
    return bay.create(new NewVolume(name, size, directory, CacheMode.PAGE, OWNER), NOTHING);
  }

  /** A set of new volumes, once all are full members. */
  VirtualUnit set(String... members) throws StorageException {
    for (String member : members) {
      if (bay.findOrNull(member) == null) {
        volume(member);
      }
    }
    mount(members);
    awaitSteady();
    return unit();
  }

  Mounting.Result mount(String... members) throws StorageException {
    return mount(MountSpec.Policy.USUAL, members);
  }

  Mounting.Result mount(MountSpec.Policy policy, String... members) throws StorageException {
    return mount(spec(policy, members));
  }

  Mounting.Result mount(MountSpec spec) throws StorageException {
    return mount(spec, NOTHING);
  }

  Mounting.Result mount(MountSpec spec, Catalogue.Change also) throws StorageException {
    Mounting mounting = new Mounting(sets, spec);
    mounting.prepare();
    return mounting.run(also);
  }

  static MountSpec spec(MountSpec.Policy policy, String... members) {
    return spec("DSA1", policy, members);
  }

  static MountSpec spec(String set, MountSpec.Policy policy, String... members) {
    return spec(set, policy, null, Set.of(), null, members);
  }

  /** What a mount may ask for besides. */
  enum Ask {
    CONFIRM,
    NO_COPY,
    INCLUDE,
    REQUIRE_MEMBERS
  }

  static MountSpec asking(Ask ask, String... members) {
    return spec("DSA1", MountSpec.Policy.USUAL, null, Set.of(ask), null, members);
  }

  /** Of a set with that label. */
  static MountSpec labelled(String label, String... members) {
    return spec("DSA1", MountSpec.Policy.USUAL, label, Set.of(), null, members);
  }

  /** With that name for its job. */
  static MountSpec named(String id, String... members) {
    return spec("DSA1", MountSpec.Policy.USUAL, null, Set.of(), id, members);
  }

  private static MountSpec spec(
      String set,
      MountSpec.Policy policy,
      @Nullable String label,
      Set<Ask> asked,
      @Nullable String id,
      String... members) {
    return new MountSpec(
        set,
        List.of(members),
        label,
        policy,
        asked.contains(Ask.CONFIRM),
        !asked.contains(Ask.NO_COPY),
        asked.contains(Ask.INCLUDE),
        asked.contains(Ask.REQUIRE_MEMBERS),
        id,
        "line",
        0,
        OWNER);
  }

  VirtualUnit unit() throws StorageException {
    return sets.find("DSA1");
  }

  List<String> split(Split.Policy policy, String... members) throws StorageException {
    return split(NOTHING, policy, members);
  }

  List<String> split(Catalogue.Change also, Split.Policy policy, String... members)
      throws StorageException {
    List<Volume> volumes = new ArrayList<>();
    for (String member : members) {
      volumes.add(bay.find(member));
    }
    return sets.split(volumes, policy, also);
  }

  SetCommands commands() throws StorageException {
    return sets.commands(unit());
  }

  void write(long offset, byte[] bytes) throws StorageException {
    try (OpenFile open = unit().open(WRITER, false)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
      assertThat(open.write(offset, buffer)).isEqualTo(bytes.length);
    }
  }

  byte[] read() throws StorageException {
    byte[] bytes = new byte[(int) unit().size()];
    try (OpenFile open = unit().open(READER, false)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length);
      assertThat(open.read(0, buffer)).isEqualTo(bytes.length);
      buffer.flip().get(bytes);
    }
    return bytes;
  }

  byte[] read(String member) throws StorageException {
    Volume volume = bay.find(member);
    byte[] bytes = new byte[(int) volume.size()];
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length);
    volume.read(0, buffer);
    buffer.flip().get(bytes);
    return bytes;
  }

  /** One that gets the writes of the set. */
  Member member(String name) throws StorageException {
    return unit().set().device().members().all().stream()
        .filter(member -> member.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Cuts the home of a volume, as somebody does who knows where it lies. */
  static void cut(Volume volume, long size) throws IOException {
    try (var channel = Files.newByteChannel(volume.home(), StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }

  /** Writes to the home of a volume, as somebody does who knows where it lies. */
  static void overwrite(Volume volume) throws IOException {
    FileTime before = Files.getLastModifiedTime(volume.home());
    Files.write(volume.home(), new byte[] {1}, StandardOpenOption.WRITE);
    FileTime later = FileTime.from(before.toInstant().plusMillis(1)); // however coarse its clock
    Files.setLastModifiedTime(volume.home(), later);
  }

  /** The label on the disk of a volume. */
  MemberLabel label(String volume) throws StorageException {
    MemberLabel label = LabelStore.read(bay.find(volume).directory());
    assertThat(label).isNotNull();
    return label;
  }

  /** That label with another place in the past of its set, and another role. */
  static MemberLabel changed(MemberLabel label, SetRecord.Lineage lineage, MemberRole role) {
    return changed(label, lineage, role, label.mounts(), label.use());
  }

  /** The same with another mount of its set. */
  static MemberLabel changed(
      MemberLabel label,
      SetRecord.Lineage lineage,
      MemberRole role,
      long mounts,
      MemberLabel.Use use) {
    return new MemberLabel(
        label.serial() + 1,
        label.set(),
        label.member(),
        label.unit(),
        label.label(),
        label.size(),
        lineage.generation(),
        lineage.change(),
        lineage.past(),
        role,
        mounts,
        use,
        label.file(),
        label.modified(),
        label.length());
  }

  /** As another bay, which had the member alone, would go on with the set. */
  static SetRecord.Lineage otherFuture(MemberLabel label) {
    return new SetRecord.Lineage(
        label.generation() + 1,
        UUID.randomUUID(),
        List.of(new MemberLabel.Past(label.generation(), label.change())));
  }

  /** The catalogue records no change of a set, until {@link #letRecord} or the next opening. */
  void refuseRecords() throws StorageException {
    refuse("shadow_member");
  }

  /** It takes no job. */
  void refuseJobs() throws StorageException {
    refuse("job");
  }

  private void refuse(String table) throws StorageException {
    execute(
        "create temp trigger refused before insert on "
            + table
            + " begin select raise(abort, 'refused'); end");
  }

  void letRecord() throws StorageException {
    execute("drop trigger refused");
  }

  private void execute(String statement) throws StorageException {
    bay.catalogue()
        .change(
            connection -> {
              try (var sql = connection.createStatement()) {
                sql.execute(statement);
              }
            });
  }

  /** Until nothing is copied or merged. */
  void awaitSteady() {
    TestJobs.await("steady", () -> jobs.all().stream().allMatch(job -> job.state().ended()));
  }

  /** Lets jobs begin that {@code setMaxCopy(0)} held back; the last one is told at once. */
  void beginJobs() throws StorageException {
    assertThat(lastJob().pause()).isEqualTo(JobOrder.TAKEN); // first: else it may begin and end
    sets.setMaxCopy(4);
    assertThat(lastJob().resume()).isEqualTo(JobOrder.TAKEN);
  }

  Job lastJob() {
    List<Job> all = jobs.all();
    return all.get(all.size() - 1);
  }

  HookedDisk disk(String member) throws StorageException {
    return HookedDisk.under(bay.find(member));
  }

  /** What may take long, or never end. */
  @FunctionalInterface
  interface Step {
    void run() throws StorageException;
  }

  /** Does it in a thread of its own. */
  static CompletableFuture<Void> begin(Step step) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            step.run();
          } catch (StorageException e) {
            throw new CompletionException(e);
          }
        },
        task -> new Thread(task, "step").start());
  }

  List<String> names(MemberRole role) throws StorageException {
    ShadowSet set = unit().set();
    return set.record().of(role).stream().map(m -> set.nameOf(m.volume())).toList();
  }

  /** As kill -9 leaves it: nothing is saved, files are let go of. */
  void die() {
    jobs.close();
    for (VirtualUnit unit : sets.all()) {
      ShadowSet.Mounted now = unit.set().mountedOrNull();
      if (now != null) {
        now.bitmaps().close();
      }
    }
    bay.close();
  }

  @Override
  public void close() {
    jobs.close();
    sets.close();
    bay.close();
  }
}
