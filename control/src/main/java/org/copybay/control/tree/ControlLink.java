package org.copybay.control.tree;

/**
 * A symbolic link, for people: where it points may change between two looks.
 *
 * @param target what readlink(2) answers
 */
public record ControlLink(String path, String target) implements ControlNode {}
