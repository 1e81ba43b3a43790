package org.copybay.fs.node;

/** One name in a listing: its number and kind (the S_IFMT bits). */
record DirectoryEntry(String name, long ino, int mode) {}
