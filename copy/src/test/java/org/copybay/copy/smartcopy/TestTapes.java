package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.library.CartridgeMaking.NewCartridges;
import org.copybay.copy.library.LibrarySetup.Wanted;
import org.copybay.copy.library.LibraryType;
import org.copybay.copy.library.MediumKind;
import org.copybay.copy.library.ShownTape;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeMedia;
import org.copybay.copy.library.Tapes;
import org.copybay.copy.schedule.Scheduler;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.drive.DriveOpener;
import org.copybay.volumes.drive.TapeDrive;
import org.copybay.volumes.journal.RecoverMode;
import org.jspecify.annotations.Nullable;
import org.sqlite.Function;

/**
 * A bay with a virtual library VTL of two drives, and a destination library VAULT beside it, in a
 * directory of a test.
 */
final class TestTapes implements AutoCloseable {
  private static final int MTWEOF = 5;
  private static final int MTREW = 6;

  final Path path;
  final Bay bay;
  final Jobs jobs;
  final Tapes tapes;
  final SmartCopies copies;
  final Policies policies;
  final Scheduler scheduler;

  private boolean closed;

  private TestTapes(Path path, RecoverMode mode) throws StorageException {
    this.path = path;
    this.bay = BayOpener.open(path.resolve("bay"), false, mode, 1 << 20, Clock.systemUTC());
    this.jobs = new Jobs(bay);
    this.tapes = new Tapes(bay);
    this.copies = new SmartCopies(bay, jobs, tapes);
    this.scheduler = new Scheduler(bay, Clock.systemUTC());
    this.policies = new Policies(bay, jobs, tapes, copies, scheduler);
    moveVault();
    tapes.load();
    policies.load();
    scheduler.load();
    jobs.load();
    copies.discardAbandoned();
    jobs.start();
  }

  static TestTapes create(Path path) throws Exception {
    Files.createDirectories(path.resolve("vault"));
    BayOpener.init(path.resolve("bay"), Clock.systemUTC());
    TestTapes test = open(path, RecoverMode.AUTO);
    test.library("VTL", LibraryType.VIRTUAL, null);
    test.library("VAULT", LibraryType.DESTINATION, path.resolve("vault").toString());
    return test;
  }

  /** With VT0001 that holds 40 records of that seed, and PH0001, which is its copy. */
  static TestTapes copied(Path path, long seed) throws Exception {
    TestTapes test = create(path);
    test.write(test.add("VTL", "VT0001", 20 << 20), seed, 40);
    test.add("VAULT", "PH0001", 20 << 20);
    test.copy("VT0001", "PH0001");
    return test;
  }

  static TestTapes open(Path path, RecoverMode mode) throws StorageException {
    return new TestTapes(path, mode);
  }

  TestTapes reopen() throws StorageException {
    close();
    return open(path, RecoverMode.AUTO);
  }

  /** The destination library of a copy of the bay lies in the copy too. */
  private void moveVault() throws StorageException {
    String vault = path.resolve("vault").toString();
    bay.catalogue()
        .change(
            connection -> {
              for (String sql :
                  List.of(
                      "update tape_library set path=? where path is not null",
                      "update tape_cartridge set home=? where home is not null")) {
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                  statement.setString(1, vault);
                  statement.executeUpdate();
                }
              }
              try (PreparedStatement statement =
                  connection.prepareStatement(
                      "update tape_gone set directory = ?"
                          + " || substr(directory, length(rtrim(directory, replace(directory, '/',"
                          + " '')))) where directory like '%/vault/%'")) {
                statement.setString(1, vault);
                statement.executeUpdate();
              }
            });
  }

  private void library(String name, LibraryType type, @Nullable String directory)
      throws StorageException {
    tapes.setup().create(new Wanted(name, type, 2, 40, 2, TapeMedia.LTO8, directory), NOTHING);
  }

  TapeCartridge add(String library, String barcode, long capacity) throws StorageException {
    tapes
        .making()
        .add(
            new NewCartridges(
                List.of(barcode),
                tapes.library(library),
                0,
                MediumKind.DATA,
                TapeMedia.LTO8,
                capacity,
                false),
            NOTHING);
    return tapes.cartridge(barcode);
  }

  TapeDrive drive() {
    return tapes.drives().get(0);
  }

  /** Writes records from the beginning of a tape, with a filemark after every third. */
  void write(TapeCartridge cartridge, long seed, int records) throws StorageException {
    tapes.changer().load(cartridge, drive(), NOTHING);
    drive().open(new DriveOpener(1, true, false));
    drive().operate(MTREW, 0, true);
    Random random = new Random(seed);
    for (int i = 0; i < records; i++) {
      byte[] record = new byte[1 + random.nextInt(5000)];
      random.nextBytes(record);
      drive().write(ByteBuffer.allocateDirect(record.length).put(record).flip());
      if (i % 3 == 2) {
        drive().operate(MTWEOF, 1, true);
      }
    }
    drive().close(false);
    tapes.changer().unload(drive(), 0, NOTHING);
  }

  /** The image of what a cartridge holds. */
  byte[] image(TapeCartridge cartridge) throws StorageException {
    try (ShownTape shown = tapes.show(cartridge)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect((int) shown.size());
      int got = 1;
      while (buffer.hasRemaining() && got > 0) {
        got = shown.read(buffer.position(), buffer);
      }
      byte[] bytes = new byte[buffer.flip().remaining()];
      buffer.get(bytes);
      return bytes;
    }
  }

  /** Changes some bytes of the first record of a tape file. */
  static void damage(Path tape) throws IOException {
    try (FileChannel file = FileChannel.open(tape, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {-1, -2, -3}), 100);
    }
  }

  boolean same(TapeCartridge one, TapeCartridge other) throws StorageException {
    return Arrays.equals(image(one), image(other));
  }

  // ---- copies

  static SmartCopySpec spec(String from, @Nullable String to) {
    return spec(from, to, null);
  }

  /** Of VT0001 to any cartridge of that library. */
  static SmartCopySpec into(String library) {
    return spec("VT0001", null, library);
  }

  private static SmartCopySpec spec(String from, @Nullable String to, @Nullable String library) {
    return new SmartCopySpec(
        from,
        to,
        library,
        CopyPolicy.SlotRange.ALL,
        null,
        false,
        null,
        true,
        false,
        0,
        null,
        "line",
        0);
  }

  /** Of VT0001 to PH0001, so slowly that it stands still behind the first bytes. */
  static SmartCopySpec slow(boolean verify) {
    return new SmartCopySpec(
        "VT0001",
        "PH0001",
        null,
        CopyPolicy.SlotRange.ALL,
        null,
        false,
        null,
        verify,
        false,
        1,
        null,
        "line",
        0);
  }

  Job copy(String from, @Nullable String to) throws StorageException {
    return done(copies.start(spec(from, to)));
  }

  Job done(Job job) {
    TestJobs.awaitEnd(job);
    assertThat(job.state()).as("%s %s", job.error(), job.log()).isEqualTo(JobState.DONE);
    return job;
  }

  Job restore(String barcode, boolean force) throws StorageException {
    return done(
        copies.startRestore(new SmartCopies.RestoreSpec(barcode, null, force, null, "line", 0)));
  }

  // ---- crashes

  /** What the death of the process would leave inside of every transaction from now on. */
  List<Path> crashes(Path directory) throws StorageException {
    List<Path> found = new ArrayList<>();
    Function crash =
        new Function() {
          @Override
          protected void xFunc() throws SQLException {
            Path copy = directory.resolve("crash" + found.size());
            copyTo(copy);
            found.add(copy);
            result(0);
          }
        };
    bay.catalogue()
        .change(
            connection -> {
              Function.create(connection, "crash", crash);
              try (Statement statement = connection.createStatement()) {
                for (String table : List.of("job", "tape_cartridge", "tape_gone")) {
                  for (String event : List.of("insert", "update", "delete")) {
                    statement.execute(
                        String.format(
                            "create temp trigger crash_%s_%s after %s on %s begin select crash();"
                                + " end",
                            event, table, event, table));
                  }
                }
              }
            });
    return found;
  }

  void copyTo(Path to) {
    try (Stream<Path> tree = Files.walk(path)) {
      Files.createDirectories(to.getParent());
      for (Path each : (Iterable<Path>) tree::iterator) {
        Files.copy(each, to.resolve(path.relativize(each).toString()));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      jobs.close();
      scheduler.close();
      policies.queue().close();
      tapes.stop();
      bay.close();
    }
  }
}
