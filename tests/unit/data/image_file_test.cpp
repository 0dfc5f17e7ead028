#include "wrcor/data/image_file.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "unit/data/fixtures.h"
#include "wrcor/core/file.h"

namespace wrcor {
namespace {

using test::ContainsSubstring;
using test::message_of;
using Bytes = std::vector<std::uint8_t>;

std::string fixture(const std::string& name) {
  return read_file(WRCOR_SOURCE_DIR "/tests/fixtures/images/" + name);
}

ColourImage decode_fixture(const std::string& name) { return decode_image(fixture(name), name); }

std::string message_for(const std::string& bytes) {
  const auto message = message_of<DataError>([&] { decode_image(bytes, "image"); });
  CHECK_THAT(message, Catch::Matchers::StartsWith("image: found "));
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
  CHECK_THAT(message_for("GIF89a"), ContainsSubstring("neither a PNG nor a JPEG image"));
  CHECK_THAT(message_for(fixture("cmyk.jpg")), ContainsSubstring("found a CMYK JPEG image"));
}

ColourImage grey_image(int height, int width, const Bytes& values) {
  ColourImage image{{height, width}, {}};
  for (const std::uint8_t value : values) image.pixels.insert(image.pixels.end(), 3, value);
  return image;
}

Bytes fitted(const ColourImage& image, const ImageSize& size) {
  Bytes planes(static_cast<std::size_t>(3 * size.height * size.width));
  fit_image(image, size, planes);
  return planes;
}

TEST_CASE("an image of the right size keeps its pixels, plane by plane", "[data][image]") {
  const ColourImage image{{2, 3}, tens};
  CHECK(fitted(image, {2, 3}) ==
        Bytes{0, 30, 60, 90, 120, 150, 10, 40, 70, 100, 130, 160, 20, 50, 80, 110, 140, 170});
}

TEST_CASE("the middle of an image is taken, in the proportions asked for", "[data][image]") {
  const Bytes wide = fitted(grey_image(2, 4, {1, 2, 3, 4, 5, 6, 7, 8}), {2, 2});
  CHECK(Bytes(wide.begin(), wide.begin() + 4) == Bytes{2, 3, 6, 7});
  const Bytes high = fitted(grey_image(4, 1, {1, 2, 3, 4}), {2, 1});
  CHECK(Bytes(high.begin(), high.begin() + 2) == Bytes{2, 3});
}

TEST_CASE("an image that shrinks is averaged, not sampled", "[data][image]") {
  // Halved, the weights of the triangle filter are 3/7, 3/7 and 1/7 at the border.
  std::vector<std::uint8_t> values;
  for (int row = 0; row < 4; ++row) values.insert(values.end(), {7, 14, 0, 0});
  CHECK(fitted(grey_image(4, 4, values), {2, 2})[0] == 9);
}

TEST_CASE("images grow, and of any shape something is left", "[data][image]") {
  CHECK(fitted(grey_image(1, 1, {9}), {5, 3}) == Bytes(45, 9));
  CHECK(fitted(grey_image(1, 1000, Bytes(1000, 9)), {4, 1024}) == Bytes(3 * 4 * 1024, 9));
  CHECK(fitted(grey_image(1000, 1, Bytes(1000, 9)), {33, 17}) == Bytes(3 * 33 * 17, 9));
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
