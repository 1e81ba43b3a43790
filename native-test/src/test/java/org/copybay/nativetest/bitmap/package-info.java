/** Write bitmaps, seen through a mount. */
package org.copybay.nativetest.bitmap;
