// JPEG by libjpeg, which reports errors by longjmp: the functions that call it hold nothing that a
// jump would leak.
#include <csetjmp>
#include <cstddef>
#include <cstdio>

#include <jerror.h>
#include <jpeglib.h>

#include "internal/image_formats.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

constexpr int most_scans = 500;  // a progressive file of a few kilobytes can ask for hours of work

class JpegReader {
 public:
  explicit JpegReader(const std::string& name) : name_(name) {
    jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = leave;
    errors_.manager.emit_message = handle_warning;
    errors_.manager.output_message = [](j_common_ptr) {};
    progress_.progress_monitor = limit_scans;
    info_.err = &errors_.manager;
  }
  ~JpegReader() { jpeg_destroy_decompress(&info_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  ColourImage read(std::string_view bytes) {
    require(read_header(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
    if (info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK) {
      throw DataError(name_ + ": found a CMYK JPEG image, expected colours or grey; convert it");
    }
    ColourImage colours = blank_image(info_.image_height, info_.image_width, name_);
    require(read_pixels(colours.pixels.data()));
    return colours;
  }

 private:
  struct Errors {
    jpeg_error_mgr manager;  // first, so that libjpeg's pointer to it points to this
    std::jmp_buf way_out;
    char message[JMSG_LENGTH_MAX];
  };

  [[noreturn]] static void leave(j_common_ptr info) {
    auto* errors = reinterpret_cast<Errors*>(info->err);
    errors->manager.format_message(info, errors->message);
    std::longjmp(errors->way_out, 1);
  }

  /// For a truncated file libjpeg only warns, and invents the rest.
  static void handle_warning(j_common_ptr info, int level) {
    const int code = info->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER)) leave(info);
  }

  static void limit_scans(j_common_ptr info) {
    if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= most_scans) return;
    auto* errors = reinterpret_cast<Errors*>(info->err);
    std::snprintf(errors->message, sizeof errors->message, "more than %d scans", most_scans);
    std::longjmp(errors->way_out, 1);
  }

  bool read_header(const unsigned char* bytes, std::size_t size) {
    if (setjmp(errors_.way_out) != 0) return false;
    jpeg_create_decompress(&info_);
    info_.progress = &progress_;
    jpeg_mem_src(&info_, bytes, size);
    jpeg_read_header(&info_, TRUE);
    return true;
  }

  bool read_pixels(unsigned char* pixels) {
    if (setjmp(errors_.way_out) != 0) return false;
    info_.out_color_space = JCS_RGB;
    info_.dct_method = JDCT_ISLOW;  // the same pixels with and without vector instructions
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = pixels + std::size_t{3} * info_.output_width * info_.output_scanline;
      jpeg_read_scanlines(&info_, &row, 1);
    }
    jpeg_finish_decompress(&info_);
    return true;
  }

  void require(bool success) const {
    if (!success) {
      throw DataError(name_ + ": found a JPEG image that cannot be decoded (" + errors_.message +
                      "), expected a whole one");
    }
  }

  const std::string& name_;
  Errors errors_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct info_{};
};

}  // namespace

ColourImage decode_jpeg(std::string_view bytes, const std::string& name) {
  return JpegReader(name).read(bytes);
}

}  // namespace wrcor
