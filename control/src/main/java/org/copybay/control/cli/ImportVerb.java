package org.copybay.control.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.VolumeName;
import org.copybay.volumes.interchange.TapeTally;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.HomeFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code copybay import}: the file is opened here, never in the daemon. */
@Command(
    name = "import",
    description = {
      "Make a volume of a raw image, or a cartridge of a tape image.",
      "Until it is whole a volume is called NAME.importing; holes stay holes.",
      "A tape image is SIMH (.tap), AWSTAPE or HET (.aws, .het), or a tar that export made; its"
          + " first bytes say which. The cartridge is on the shelf then.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  copybay import disk.img payroll",
      "  qemu-img convert -O raw disk.qcow2 /dev/stdout | copybay import - payroll",
      "  copybay import mainframe.het tapes/VT0001L8",
    })
final class ImportVerb implements Callable<Integer> {
  private static final String PARTIAL = ".importing";

  @Spec private CommandSpec spec;
  @Mixin private WhichBay which;

  @Parameters(index = "0", paramLabel = "FILE", description = "An image; - is standard input.")
  private Path file;

  @Parameters(
      index = "1",
      paramLabel = "NAME",
      description = "The volume to make, or tapes/BARCODE.")
  private String name;

  @Option(
      names = "--replace",
      description = "Take the place of the volume NAME, at once and when all is there.")
  private boolean replace;

  @Option(
      names = "--onto",
      description =
          "Write into the volume NAME, which has the same size; its points and bitmaps stay. One"
              + " that is stopped leaves it half written.")
  private boolean onto;

  @Option(names = "--cache", paramLabel = "MODE", description = "page or block.")
  private @Nullable String cache;

  private boolean named; // from here on an error does not tell whether it has its name

  @Override
  public Integer call() throws StorageException {
    if (onto && (replace || cache != null)) {
      throw new ParameterException(
          spec.commandLine(), "--onto goes with neither --replace nor --cache");
    }
    if (cache != null && Stream.of(CacheMode.values()).noneMatch(m -> m.word().equals(cache))) {
      throw new ParameterException(
          spec.commandLine(), "--cache is page or block, got " + Words.word(cache));
    }
    String barcode = TapeImages.barcode(name);
    if (barcode != null) {
      return importTape(barcode);
    }
    VolumeName.require(name);
    ControlFiles bay = which.open();
    boolean stream = isStandardInput() || !requirePlainOrStream();
    long size;
    try (Bar bar = new Bar(name)) {
      size = onto ? intoOld(bay, stream, bar) : makeNew(bay, stream, bar);
    }
    return Output.print("imported " + Words.word(name) + ", " + size + " bytes\n");
  }

  private int importTape(String barcode) throws StorageException {
    if (onto || replace || cache != null) {
      throw new ParameterException(
          spec.commandLine(), "a cartridge goes with none of --replace, --onto and --cache");
    }
    TapeImages tape = new TapeImages(which.open(), barcode);
    long size = isStandardInput() || !requirePlainOrStream() ? 0 : fileSize();
    tape.requireNew();
    TapeTally tally;
    try (InputStream stream = isStandardInput() ? System.in : Files.newInputStream(file);
        Bar bar = new Bar(name)) {
      tally = tape.read(stream, at -> bar.show("", at, size));
    } catch (IOException e) {
      throw FileFailure.of("open " + source(), e);
    } catch (StorageException e) {
      throw stopped(e, "no " + Words.word(name) + " was made of it");
    }
    return Output.print(
        "imported " + Words.word(name) + ", " + TapeImages.told(tally) + "; it is on the shelf\n");
  }

  private long fileSize() throws StorageException {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw FileFailure.of("look at " + file, e);
    }
  }

  /** Whether the file is a plain one; a device or a pipe is read as a stream. */
  private boolean requirePlainOrStream() throws StorageException {
    if (Files.isDirectory(file)) {
      throw new StorageException(
          Fault.BAD_REQUEST, file + " is a directory, wanted a raw image in one file");
    }
    if (!Files.exists(file)) {
      throw new StorageException(Fault.NOT_FOUND, "no file " + file);
    }
    return Files.isRegularFile(file);
  }

  private long intoOld(ControlFiles bay, boolean stream, Bar bar) throws StorageException {
    if (stream) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "--onto wants a plain file, whose size is known before anything is written",
          "dd of=" + Words.shell(bay.volume(name)));
    }
    bay.require("volume", name, "volumes");
    try (HomeFile source = HomeFile.openForReading(file, 0);
        HomeFile target = HomeFile.open(bay.volume(name), 0)) {
      long size = source.size();
      if (size != target.size()) {
        throw new StorageException(
            Fault.BAD_REQUEST,
            "%s has %d bytes, volume %s has %d: --onto wants the same size"
                .formatted(file, size, Words.word(name), target.size()),
            "copybay ctl resize " + CtlLine.keyed("volume", name) + " size=" + size);
      }
      try (AtInterrupt interrupted = new AtInterrupt(this::tellMixed)) {
        Copying.image(source, size, new Copying.OldFile(target), at -> bar.show("", at, size));
        target.flush();
      }
      return size;
    } catch (StorageException e) {
      throw e.fault() == Fault.BAD_REQUEST ? e : stopped(e, mixed());
    }
  }

  private String mixed() {
    return "what volume " + Words.word(name) + " holds is partly old, partly new";
  }

  private void tellMixed() {
    System.err.println("copybay: interrupted: " + mixed() + "; try: the same command again");
  }

  private long makeNew(ControlFiles bay, boolean stream, Bar bar) throws StorageException {
    if (!replace && bay.names("volumes").contains(name)) {
      throw new StorageException(
          Fault.EXISTS,
          "there is a volume " + Words.word(name),
          "another name, --replace (a new volume takes its place) or --onto (write into it)");
    }
    String partial = partialName();
    if (replace) {
      requireReplaceable(bay);
    }
    try (HomeFile target = create(bay, partial);
        Unfinished unfinished = new Unfinished(bay.volume(partial))) {
      long size = stream ? copyStream(target, bar) : copyFile(target, bar);
      target.flush();
      target.close(); // its last one: from here on it is a volume of fixed size
      giveName(bay, partial);
      unfinished.done();
      return size;
    } catch (StorageException e) {
      String volume = "volume " + Words.word(name);
      throw stopped(
          e,
          named
              ? "copybay ls says whether " + volume + " was made of it"
              : "no " + volume + " was made of it");
    }
  }

  /** What the volume is called until it is complete. */
  private String partialName() throws StorageException {
    String partial = name + PARTIAL;
    int bytes = partial.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > VolumeName.MAX_LENGTH_BYTES) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "the name of a volume that is imported has at most "
              + (VolumeName.MAX_LENGTH_BYTES - PARTIAL.length())
              + " bytes, got "
              + (bytes - PARTIAL.length())
              + ": until it is complete "
              + PARTIAL
              + " stands behind it",
          "a shorter name, then copybay ctl rename");
    }
    return partial;
  }

  /** What the bay would refuse at the end is said before anything is copied. */
  private void requireReplaceable(ControlFiles bay) throws StorageException {
    if (!bay.names("volumes").contains(name)) {
      return;
    }
    Facts old = bay.status("volumes", name);
    if (old.number("points") > 0 || old.values().get("held_by_job") != null) {
      throw new StorageException(
          Fault.BUSY,
          "volume " + Words.word(name) + " cannot be replaced: a point or a job needs it",
          "cat " + bay.path("volumes", name, "relations"));
    }
  }

  private HomeFile create(ControlFiles bay, String partial) throws StorageException {
    try {
      return HomeFile.create(bay.volume(partial));
    } catch (StorageException e) {
      if (e.fault() != Fault.EXISTS) {
        throw e;
      }
      throw new StorageException(
          Fault.EXISTS,
          "there is a volume "
              + Words.word(partial)
              + ": another import is at work, or one was killed and left it",
          "copybay info "
              + Words.word(partial)
              + "; if nobody has it open, copybay ctl delete "
              + CtlLine.keyed("volume", partial));
    }
  }

  private long copyFile(HomeFile target, Bar bar) throws StorageException {
    try (HomeFile source = HomeFile.openForReading(file, 0)) {
      long size = requireSome(source.size());
      target.setSize(size);
      Copying.image(source, size, new Copying.NewFile(target), at -> bar.show("", at, size));
      return size;
    }
  }

  private long copyStream(HomeFile target, Bar bar) throws StorageException {
    String what = source();
    try (InputStream stream = isStandardInput() ? System.in : Files.newInputStream(file)) {
      long size =
          Copying.stream(what, stream, new Copying.NewFile(target), at -> bar.show("", at, 0));
      target.setSize(requireSome(size));
      return size;
    } catch (IOException e) {
      throw FileFailure.of("open " + what, e);
    }
  }

  private long requireSome(long size) throws StorageException {
    if (size == 0) {
      throw new StorageException(
          Fault.BAD_REQUEST, source() + " is empty, and a volume has at least 1 byte");
    }
    return size;
  }

  private boolean isStandardInput() {
    return file.toString().equals("-");
  }

  /** The file in words. */
  private String source() {
    return isStandardInput() ? "standard input" : file.toString();
  }

  private void giveName(ControlFiles bay, String partial) throws StorageException {
    try (Ctl ctl = Ctl.open(bay, bay.path("ctl"))) {
      if (cache != null) {
        ctl.send("cache " + CtlLine.keyed("volume", partial) + " " + CtlLine.keyed("mode", cache));
      }
      named = true;
      if (!replace) {
        ctl.send("rename " + CtlLine.keyed("volume", partial) + " " + CtlLine.keyed("to", name));
        return;
      }
    }
    try {
      Files.move(bay.volume(partial), bay.volume(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw bay.failure("put it in the place of volume " + Words.word(name), e);
    }
  }

  private StorageException stopped(StorageException e, String left) {
    String remedy = e.fault() == Fault.NO_SPACE ? "copybay df" : e.remedy();
    return new StorageException(
        e.fault(), "import of " + source() + ": " + e.getMessage() + "; " + left, remedy, e);
  }
}
