package org.copybay.control.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.interchange.TapeTally;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.store.NativeFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code copybay export}: the file is opened here, never in the daemon. */
@Command(
    name = "export",
    description = {
      "Write a volume, as it is or as a point in time keeps it, to a raw image, or a cartridge,"
          + " tapes/BARCODE, to a tape image.",
      "The file has its name when all of it is on the disk; holes stay holes. A volume that is"
          + " written meanwhile wants a point: freeze it and export POINT/VOLUME.",
      "Of a cartridge the file is a SIMH image (tap), AWSTAPE (aws), or a tar with one file for"
          + " each record or filemark, which holds everything.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  copybay export payroll payroll.img",
      "  copybay export monday/payroll - | zstd > monday.img.zst",
      "  copybay export tapes/VT0001L8 VT0001L8.tap",
      "  copybay export tapes/VT0001L8 VT0001L8.aws --format=aws",
    })
final class ExportVerb implements Callable<Integer> {
  private static final int ZEROS_BYTES = 64 * 1024;

  @Spec private CommandSpec spec;
  @Mixin private WhichBay which;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "A volume, POINT/VOLUME, or tapes/BARCODE.")
  private String name;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "The file to make, readable by its owner only; - is standard output.")
  private Path file;

  @Option(names = "--force", description = "Take the place of a file that is there.")
  private boolean force;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Of a cartridge: tap, aws or tar; usually what the name of the file says, or tap.")
  private @Nullable String format;

  @Override
  public Integer call() throws StorageException {
    String barcode = TapeImages.barcode(name);
    if (barcode != null) {
      return exportTape(new TapeImages(which.open(), barcode));
    }
    if (format != null) {
      throw new ParameterException(spec.commandLine(), "--format goes with tapes/BARCODE only");
    }
    ControlFiles bay = which.open();
    try (HomeFile source = HomeFile.openForReading(image(bay), 0);
        Bar bar = new Bar(name)) {
      long size = source.size();
      if (file.toString().equals("-")) {
        return toOutput(
            () -> Copying.image(source, size, new Stream(), at -> bar.show("", at, size)));
      }
      toFile(
          (made, partial) -> {
            made.setSize(size);
            Copying.image(source, size, new Copying.NewFile(made), at -> bar.show("", at, size));
          });
      return Output.print(
          "exported " + Words.word(name) + " to " + file + ", " + size + " bytes\n");
    }
  }

  private int exportTape(TapeImages tape) throws StorageException {
    TapeImages.Format wanted = TapeImages.Format.of(format, file);
    tape.require();
    long size = tape.size();
    try (Bar bar = new Bar(name)) {
      if (file.toString().equals("-")) {
        return toOutput(() -> tape.write(wanted, Output.stream(), at -> bar.show("", at, size)));
      }
      TapeTally[] tally = new TapeTally[1];
      toFile(
          (made, partial) -> {
            try (OutputStream out = Files.newOutputStream(partial, StandardOpenOption.WRITE)) {
              tally[0] = tape.write(wanted, out, at -> bar.show("", at, size));
            } catch (IOException e) {
              throw FileFailure.of("write " + partial, e);
            }
          });
      return Output.print(
          "exported "
              + Words.word(name)
              + " to "
              + file
              + ", "
              + TapeImages.told(Objects.requireNonNull(tally[0]))
              + "\n");
    }
  }

  private Path image(ControlFiles bay) throws StorageException {
    int slash = name.indexOf('/');
    if (slash < 0) {
      requireNoPoint(bay);
      bay.require("volume", name, "volumes");
      return bay.volume(name);
    }
    String point = name.substring(0, slash);
    String volume = name.substring(slash + 1);
    bay.require("point", point, "points");
    bay.require("volume of point " + Words.word(point), volume, "points", point, "changed");
    return bay.mountPoint().resolve("points").resolve(point).resolve(volume);
  }

  private void requireNoPoint(ControlFiles bay) throws StorageException {
    if (!bay.names("volumes").contains(name) && bay.names("points").contains(name)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          Words.word(name) + " is a point in time, wanted a volume of it",
          "copybay export " + Words.shell(Path.of(name, "VOLUME")) + " FILE");
    }
  }

  /** Writes to standard output. */
  @FunctionalInterface
  private interface Printing {
    void print() throws StorageException;
  }

  private int toOutput(Printing printing) throws StorageException {
    if (Output.isTerminal(1)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "standard output is a terminal",
          "copybay export " + Words.word(name) + " FILE");
    }
    try {
      printing.print();
      return ExitStatus.DONE;
    } catch (StorageException e) {
      if (e.getCause() instanceof IOException closed && Output.closed(closed)) {
        return ExitStatus.NO_READER;
      }
      throw e;
    }
  }

  /** Fills a new file, which has that path for now. */
  @FunctionalInterface
  private interface Filling {
    void fill(HomeFile made, Path partial) throws StorageException;
  }

  private void toFile(Filling filling) throws StorageException {
    Path target = target();
    Path partial =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".exporting");
    try (HomeFile made = HomeFile.create(partial);
        Unfinished unfinished = new Unfinished(partial)) {
      filling.fill(made, partial);
      made.flush();
      giveName(partial, target, unfinished);
    } catch (StorageException e) {
      throw new StorageException(
          e.fault(),
          "export of " + Words.word(name) + ": " + e.getMessage() + "; no " + file + " was made",
          e.remedy(),
          e);
    }
    try {
      NativeFile.syncEntry(target);
    } catch (StorageException e) {
      throw new StorageException(
          e.fault(),
          file + " is complete, but a loss of power may take its name: " + e.getMessage(),
          "sync " + file,
          e);
    }
  }

  /** A second name, unlike a rename, takes the place of nothing that came meanwhile. */
  private void giveName(Path partial, Path target, Unfinished unfinished) throws StorageException {
    try {
      if (!force) {
        Files.createLink(target, partial);
        return; // the first one goes as that of an unfinished file does
      }
    } catch (FileAlreadyExistsException e) {
      throw isThere();
    } catch (IOException e) {
      StorageException why = FileFailure.of("name " + target, e);
      if (why.fault() != Fault.STORE_FAILED) {
        throw why;
      }
      requireFree(target); // a file system without links, most likely
    }
    try {
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      unfinished.done();
    } catch (IOException e) {
      throw FileFailure.of("rename " + partial + " to " + target, e);
    }
  }

  /** Where the file will be, without symbolic links. */
  private Path target() throws StorageException {
    Path whole = file.toAbsolutePath();
    Path parent = whole.getParent();
    if (parent == null || Files.isDirectory(whole)) {
      throw new StorageException(
          Fault.BAD_REQUEST, file + " is a directory", "a file in it: " + file.resolve("NAME.img"));
    }
    if (!Files.isDirectory(parent)) {
      throw new StorageException(Fault.NOT_FOUND, "no directory " + parent, "mkdir -p " + parent);
    }
    if (!Files.exists(whole)) {
      return whole;
    }
    if (!Files.isRegularFile(whole)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          file + " is no plain file",
          "copybay export " + Words.word(name) + " - > " + file);
    }
    requireFree(whole);
    try {
      return whole.toRealPath();
    } catch (IOException e) {
      throw FileFailure.of("look at " + file, e);
    }
  }

  private void requireFree(Path target) throws StorageException {
    if (!force && Files.exists(target)) {
      throw isThere();
    }
  }

  private StorageException isThere() {
    return new StorageException(Fault.EXISTS, file + " is there already", "--force replaces it");
  }

  /** Standard output: holes are zeros. */
  private static final class Stream implements Copying.Sink {
    private final WritableByteChannel out = Channels.newChannel(Output.stream());
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);

    @Override
    public void data(long offset, ByteBuffer bytes) throws StorageException {
      try {
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      } catch (IOException e) {
        throw FileFailure.of("write to standard output", e);
      }
    }

    @Override
    public void hole(long offset, long length) throws StorageException {
      for (long left = length; left > 0; left -= zeros.limit()) {
        data(0, zeros.clear().limit((int) Math.min(ZEROS_BYTES, left)));
      }
    }
  }
}
