package org.copybay.fs.node;

import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;

/**
 * Who owns what the mount shows.
 *
 * @param uid user of the directories and control files
 * @param gid their group
 * @param everyUid whether every volume shows this user too (option uid=)
 * @param everyGid whether every volume shows this group too (option gid=)
 */
public record Owner(int uid, int gid, boolean everyUid, boolean everyGid) {
  void directory(FuseAttr attr, long node, int permissions) {
    attr.ino(node).mode(FileMode.S_IFDIR | permissions).links(2).owner(uid, gid);
  }
}
