// PNG by libpng's simplified interface, which reports errors by its return value.
#include <png.h>

#include "internal/image_formats.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

class PngReader {
 public:
  explicit PngReader(const std::string& name) : name_(name) { image_.version = PNG_IMAGE_VERSION; }
  ~PngReader() { png_image_free(&image_); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  ColourImage read(std::string_view bytes) {
    require(png_image_begin_read_from_memory(&image_, bytes.data(), bytes.size()));
    ColourImage colours = blank_image(image_.height, image_.width, name_);
    image_.format = PNG_FORMAT_RGB;
    image_.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // as for 8 bits, unless the file says otherwise
    const png_color black{0, 0, 0};
    require(png_image_finish_read(&image_, &black, colours.pixels.data(), 0, nullptr));
    return colours;
  }

 private:
  void require(int success) const {
    if (success == 0) {
      throw DataError(name_ + ": found a PNG image that cannot be decoded (" + image_.message +
                      "), expected a whole one");
    }
  }

  const std::string& name_;
  png_image image_{};
};

}  // namespace

ColourImage decode_png(std::string_view bytes, const std::string& name) {
  return PngReader(name).read(bytes);
}

}  // namespace wrcor
