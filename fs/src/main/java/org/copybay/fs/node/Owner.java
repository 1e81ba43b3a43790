package org.copybay.fs.node;

import org.copybay.fs.transport.FuseAttr;

/**
 * Who owns what the mount shows.
 *
 * @param uid user of the directories and control files
 * @param gid their group
 * @param all whether every volume shows this owner too (options uid= and gid=)
 */
public record Owner(int uid, int gid, boolean all) {
  void directory(FuseAttr attr, long node, int permissions) {
    attr.ino(node)
        .mode(org.copybay.fs.transport.FileMode.S_IFDIR | permissions)
        .links(2)
        .owner(uid, gid);
  }
}
