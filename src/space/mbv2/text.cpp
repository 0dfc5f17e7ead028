#include <algorithm>
#include <charconv>
#include <initializer_list>

#include "architecture.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor::mbv2 {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";
constexpr std::string_view plain_start = "SuperConvK";
constexpr std::string_view mobile_start = "SuperResIDWE";

/// "1, 2 or 4"
std::string one_of(std::initializer_list<int> values) {
  std::string text;
  for (const int* value = values.begin(); value != values.end(); ++value) {
    if (value != values.begin()) text += value + 1 == values.end() ? " or " : ", ";
    text += std::to_string(*value);
  }
  return text;
}

/// Reads one text from left to right; every error says where it stands.
class Reader {
 public:
  explicit Reader(std::string_view text)
      : text_(text.substr(0, text.find_last_not_of(white_space) + 1)),
        position_(std::min(text_.find_first_not_of(white_space), text_.size())) {}

  Architecture read() {
    do {
      read_block();
    } while (!at_end() && !here("@"));
    expect("@", "another block, or '@' and the resolution");
    const std::size_t start = position_;
    architecture_.resolution = number("the resolution", most_resolution);
    if (architecture_.resolution % total_stride_ != 0)
      fail(start, "a resolution that is a multiple of the network's total stride " +
                      std::to_string(total_stride_));
    if (!at_end()) fail(position_, "the end of the text after the resolution");
    return std::move(architecture_);
  }

 private:
  bool at_end() const { return position_ == text_.size(); }
  bool here(std::string_view word) const { return text_.substr(position_).starts_with(word); }

  void read_block() {
    Block block;
    if (take(plain_start)) {
      block.kernel = choice("the kernel of a SuperConv", {1, 3, 5, 7});
      expect("BNRELU(", "'BNRELU('");
    } else if (take(mobile_start)) {
      block.expansion = choice("the expansion of a SuperResIDWE", {1, 2, 4, 6});
      expect("K", "'K' and the kernel");
      block.kernel = choice("the kernel of a SuperResIDWE", {3, 5, 7});
      expect("(", "'('");
    } else {
      fail(position_, architecture_.blocks.empty() ? "a block, 'SuperConvK...' or 'SuperResIDWE...'"
                                                   : "another block, or '@' and the resolution");
    }
    skip_name();
    read_numbers(block);
    expect(")", "')' after the layers");
    architecture_.blocks.push_back(block);
  }

  /// in,out,stride,layers of a plain block; in,out,stride,bottleneck,layers of a mobile one.
  void read_numbers(Block& block) {
    read_input_channels();
    comma("the output channels");
    block.out = number("the output channels", most_channels);
    comma("the stride");
    read_stride(block);
    if (block.is_mobile()) {
      comma("the bottleneck's channels");
      block.bottleneck = number("the bottleneck's channels", most_channels);
    }
    comma("the layers");
    read_layers(block);
  }

  void read_input_channels() {
    const bool first = architecture_.blocks.empty();
    const int expected = first ? image_channels : architecture_.blocks.back().out;
    const std::string what =
        "the input channels, here " + std::to_string(expected) +
        (first ? " (those of the images)" : " (the output channels of the block before)");
    const std::size_t start = position_;
    if (number(what, most_channels) != expected) fail(start, what);
  }

  void read_stride(Block& block) {
    const std::size_t start = position_;
    block.stride = choice("the stride", {1, 2});
    total_stride_ *= block.stride;
    if (total_stride_ > most_resolution)
      fail(start, "stride 1: the strides of the network multiply to at most " +
                      std::to_string(most_resolution));
  }

  void read_layers(Block& block) {
    const std::size_t start = position_;
    block.layers = number("the layers", most_layers);
    layers_ += block.layers;
    if (layers_ > most_layers)
      fail(start, "at most " + std::to_string(most_layers) + " layers in all blocks together");
  }

  void skip_name() {
    const std::size_t end = text_.find_first_of("(),@|", position_);
    if (end == std::string_view::npos || text_[end] != '|') return;
    if (end == position_) fail(position_, "a name before '|'");
    position_ = end + 1;
  }

  bool take(std::string_view word) {
    if (!here(word)) return false;
    position_ += word.size();
    return true;
  }

  void expect(std::string_view word, const std::string& expected) {
    if (!take(word)) fail(position_, expected);
  }

  void comma(const std::string& next) { expect(",", "',' and " + next); }

  int number(const std::string& what, int most) {
    const std::size_t start = position_;
    position_ = std::min(text_.find_first_not_of("0123456789", start), text_.size());
    const std::string_view digits = text_.substr(start, position_ - start);
    int value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || digits.front() == '0' || read.ec != std::errc() || value > most)
      fail(start, what + ": a number from 1 to " + std::to_string(most));
    return value;
  }

  int choice(const std::string& what, std::initializer_list<int> values) {
    const std::size_t start = position_;
    const std::size_t end = std::min(text_.find_first_not_of("0123456789", start), text_.size());
    for (const int value : values) {
      if (text_.substr(start, end - start) != std::to_string(value)) continue;
      position_ = end;
      return value;
    }
    fail(start, what + ": " + one_of(values));
  }

  [[noreturn]] void fail(std::size_t position, const std::string& expected) const {
    throw UsageError(
        "mbv2 architecture: at byte " + std::to_string(position) + ": found " +
        (position == text_.size() ? "the end of the text" : in_quotes(text_.substr(position))) +
        ", expected " + expected);
  }

  std::string_view text_;
  std::size_t position_;
  Architecture architecture_;
  int total_stride_ = 1;
  int layers_ = 0;
};

}  // namespace

Architecture read_architecture(std::string_view text) { return Reader(text).read(); }

std::string write_architecture(const Architecture& architecture) {
  std::string text;
  const auto add = [&text](std::string_view before, int number) {
    text += before;
    text += std::to_string(number);
  };
  int in = image_channels;
  for (const Block& block : architecture.blocks) {
    if (block.is_mobile()) {
      add(mobile_start, block.expansion);
      add("K", block.kernel);
      add("(", in);
    } else {
      add(plain_start, block.kernel);
      add("BNRELU(", in);
    }
    add(",", block.out);
    add(",", block.stride);
    if (block.is_mobile()) add(",", block.bottleneck);
    add(",", block.layers);
    text += ")";
    in = block.out;
  }
  add("@", architecture.resolution);
  return text;
}

}  // namespace wrcor::mbv2
