package org.copybay.copy.optical;

import org.copybay.volumes.media.MediaType;

/**
 * The row of an optical device.
 *
 * @param name letters, digits, dashes, dots; capital
 * @param type what it is
 * @param drives how many, 1 or more; of an image catalogue each image has one
 * @param slots for cartridges, 0 but for a library
 * @param images the media type of images that a program writes into an image catalogue
 */
public record DeviceRecord(String name, DeviceType type, int drives, int slots, MediaType images) {
  /** The most drives of a library. */
  public static final int MAX_DRIVES = 64;

  /** The most slots of a library, and images of an image catalogue. */
  public static final int MAX_SLOTS = 4096;

  /** The image catalogue that the first image makes which a program writes. */
  public static final String IMAGES = "IMAGES";
}
