package org.copybay.control.command;

import static org.copybay.control.command.TapeCommands.ACTION;
import static org.copybay.control.report.Errno.EALREADY;

import java.util.List;
import org.copybay.copy.smartcopy.CopyQueue;
import org.copybay.copy.smartcopy.CopyRequest;

/** The verb for one request of the queue of copies. */
final class TapeQueueVerb {
  private static final String REQUEST = "request";

  private final TapeCommands commands;

  TapeQueueVerb(TapeCommands commands) {
    this.commands = commands;
  }

  List<Verb> verbs() {
    return List.of(
        new Verb(
            "tape-queue",
            "tape queue request=N action=pause|resume|cancel",
            "put a copy that a policy wants aside, or end it",
            "",
            List.of(
                Key.required(REQUEST, "its number in .control/tape/queue"),
                new Key(ACTION, Key.Holds.WORD, true, "pause, resume or cancel")),
            List.of(REQUEST, ACTION),
            List.of("One that is being copied is paused by its job."),
            List.of("tape queue 7 pause", "tape queue request=7 action=cancel"),
            TapeCommands.errnos(EALREADY),
            Verb.Destroys.NEVER,
            commands.changing(this::prepare)));
  }

  private Plan prepare(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    commands.requireOwner(request, REQUEST, "change the queue");
    long number = arguments.number(REQUEST);
    CopyQueue queue = commands.policies().queue();
    CopyRequest found = arguments.at(REQUEST, () -> queue.find(number));
    String action = arguments.word(ACTION, "", "pause", "resume", "cancel");
    return new Plan(
        Subject.none("copy request " + number),
        action + " the copy of cartridge " + found.barcode(),
        () ->
            arguments.at(
                REQUEST,
                () -> {
                  if (action.equals("cancel")) {
                    queue.cancel(number);
                  } else {
                    queue.pause(number, action.equals("pause"));
                  }
                  return TapeCommands.reply(
                      "request " + number + " is " + queue.find(number).state().word());
                }));
  }
}
