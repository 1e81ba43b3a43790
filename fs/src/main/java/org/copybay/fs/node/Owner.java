package org.copybay.fs.node;

import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.volumes.bay.VolumeRecord;

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

  /** Mode and owner of a file that belongs to that one. */
  void file(FuseAttr attr, VolumeRecord.Owner by, int permissions) {
    attr.mode(FileMode.S_IFREG | permissions)
        .owner(everyUid ? uid : by.uid(), everyGid ? gid : by.gid());
  }
}
