#include "wrcor/data/image_file.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "core/file.h"
#include "unit/data/fixtures.h"

namespace wrcor {
namespace {

using test::message_of;
using Bytes = std::vector<std::uint8_t>;

std::string fixture(const std::string& name) {
  return read_file(WRCOR_SOURCE_DIR "/tests/fixtures/images/" + name);
}

ColourImage decode_fixture(const std::string& name) { return decode_image(fixture(name), name); }

std::string message_for(const std::string& bytes) {
  const auto message = message_of<DataError>([&] { decode_image(bytes, "image"); });
  CHECK_THAT(message, StartsWith("image: found "));
  CHECK_THAT(message, ContainsSubstring(", expected "));
  CHECK(message.find('\n') == std::string::npos);
  return message;
}

/// 3 columns, 2 rows; the bytes count up in tens.
const Bytes tens{0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170};

TEST_CASE("PNG images of every kind become 8-bit colour", "[data][image]") {
  const ColourImage colour = decode_fixture("colour.png");
  CHECK(colour.size == ImageSize{2, 3});
  CHECK(colour.pixels == tens);
  CHECK(decode_fixture("palette.png").pixels == tens);
  const Bytes grey{0, 0, 0, 30, 30, 30, 60, 60, 60, 90, 90, 90, 120, 120, 120, 150, 150, 150};
  CHECK(decode_fixture("grey.png").pixels == grey);
  CHECK(decode_fixture("grey_16.png").pixels == grey);
}

TEST_CASE("what is transparent lies on black", "[data][image]") {
  // Every other pixel of the first image, from the first on, is opaque.
  const Bytes expected{0, 10, 20, 0, 0, 0, 60, 70, 80, 0, 0, 0, 120, 130, 140, 0, 0, 0};
  CHECK(decode_fixture("transparent.png").pixels == expected);
}

TEST_CASE("JPEG images become 8-bit colour", "[data][image]") {
  const auto check = [](const std::string& name, const Bytes& colour) {
    INFO(name);
    const ColourImage image = decode_fixture(name);
    CHECK(image.size == ImageSize{8, 16});
    REQUIRE(image.pixels.size() == 8 * 16 * 3);
    for (std::size_t k = 0; k < image.pixels.size(); ++k) {
      CHECK(std::abs(image.pixels[k] - colour[k % 3]) <= 3);  // of the compression
    }
  };
  check("colour.jpg", {200, 30, 60});
  check("progressive.jpg", {200, 30, 60});
  check("grey.jpg", {77, 77, 77});
}

TEST_CASE("an image cut short anywhere is refused in a line", "[data][image]") {
  const std::string name =
      GENERATE("colour.png", "transparent.png", "grey_16.png", "colour.jpg", "progressive.jpg");
  INFO(name);
  // Of a PNG image the last chunk, of a JPEG image the last marker hold no pixels.
  const std::string whole = fixture(name);
  const std::size_t closing = name.ends_with(".png") ? 12 : 2;
  for (std::size_t size = 0; size + closing < whole.size(); ++size) {
    INFO(size);
    message_for(whole.substr(0, size));
  }
}

TEST_CASE("an image with a wrong byte anywhere is decoded or refused in a line", "[data][image]") {
  const std::string whole = fixture(GENERATE("colour.png", "palette.png", "progressive.jpg"));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(~changed[at]);
    try {
      const ColourImage image = decode_image(changed, "image");
      CHECK_FALSE(image.pixels.empty());
    } catch (const DataError& error) {
      CHECK(std::string(error.what()).find('\n') == std::string::npos);
    }
  }
}

TEST_CASE("an image of too many pixels is refused before memory is taken", "[data][image]") {
  const std::string name = GENERATE("huge.png", "huge.jpg");
  CHECK_THAT(message_for(fixture(name)),
             ContainsSubstring("60000x60000 pixels, expected 1 to 67108864"));
}

TEST_CASE("a progressive JPEG image may not have scans without end", "[data][image]") {
  std::string bytes = fixture("progressive.jpg");
  const std::string end = bytes.substr(bytes.size() - 2);
  const std::size_t last_scan = bytes.rfind("\xff\xda");
  const std::string scan = bytes.substr(last_scan, bytes.size() - 2 - last_scan);
  bytes.resize(bytes.size() - 2);
  for (int k = 0; k < 1000; ++k) bytes += scan;
  CHECK_THAT(message_for(bytes + end), ContainsSubstring("more than 500 scans"));
}

TEST_CASE("what is no PNG or JPEG image in colour or grey is refused", "[data][image]") {
  CHECK_THAT(message_for(""), ContainsSubstring("found an empty file"));
  CHECK_THAT(message_for(""),
             ContainsSubstring("found an empty file, expected a PNG or JPEG image"));
  CHECK_THAT(message_for("GIF89a"), ContainsSubstring("neither a PNG nor a JPEG image"));
  CHECK_THAT(message_for(fixture("cmyk.jpg")), ContainsSubstring("found a CMYK JPEG image"));
}

TEST_CASE("image sizes are read and written", "[data][image]") {
  CHECK(parse_image_size("32") == ImageSize{32, 32});
  CHECK(parse_image_size("4x1024") == ImageSize{4, 1024});
  CHECK(to_text({33, 17}) == "33x17");
  for (const char* wrong : {"", "3", "1025", "32x", "x32", "32x32x32", "032", "+32", "32 ", "-4"}) {
    INFO(wrong);
    CHECK_FALSE(parse_image_size(wrong));
  }
}

}  // namespace
}  // namespace wrcor
