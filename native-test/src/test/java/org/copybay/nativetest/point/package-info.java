/** Points in time, seen through a mount. */
package org.copybay.nativetest.point;
