#include "chain_text.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

/// Reads one text from left to right; every error says where it stands.
class Reader {
 public:
  Reader(const std::string& space, const std::vector<Decision>& decisions, std::string_view text)
      : space_(space),
        decisions_(decisions),
        text_(text.substr(0, text.find_last_not_of(white_space) + 1)),
        position_(std::min(text_.find_first_not_of(white_space), text_.size())) {}

  Genotype read() {
    Genotype genotype;
    for (std::size_t d = 0; d < decisions_.size(); ++d) {
      if (d > 0) {
        if (at_end())
          fail("the end of the text", "',' and block " + std::to_string(d + 1) + " of " +
                                          std::to_string(decisions_.size()));
        ++position_;  // a name ends at a comma
      }
      genotype.push_back(choice(decisions_[d].values));
    }
    if (!at_end())
      fail(in_quotes(text_.substr(position_)),
           "the end of the text after block " + std::to_string(decisions_.size()));
    return genotype;
  }

 private:
  bool at_end() const { return position_ == text_.size(); }

  int choice(const std::vector<std::string>& names) {
    const std::size_t end = std::min(text_.find(',', position_), text_.size());
    const std::string_view name = text_.substr(position_, end - position_);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      const std::string nearest = name.empty() ? "" : nearest_name(name, names);
      fail(name.empty() && at_end() ? "the end of the text" : in_quotes(name),
           "one of " + join(names) + (nearest.empty() ? "" : " (did you mean '" + nearest + "'?)"));
    }
    position_ = end;
    return static_cast<int>(found - names.begin());
  }

  [[noreturn]] void fail(const std::string& found, const std::string& expected) const {
    throw UsageError(space_ + " architecture: at byte " + std::to_string(position_) + ": found " +
                     found + ", expected " + expected);
  }

  const std::string& space_;
  const std::vector<Decision>& decisions_;
  std::string_view text_;  ///< without trailing white space
  std::size_t position_;
};

std::string describe_kind(const ChainBlock& block) {
  switch (block.kind) {
    case ChainBlock::Kind::none:
      return "none";
    case ChainBlock::Kind::identity:
      return "identity";
    case ChainBlock::Kind::conv:
      return fmt::format("conv {0}x{0}", block.kernel);
    case ChainBlock::Kind::residual:
      return fmt::format("residual {0}x{0}", block.kernel);
    case ChainBlock::Kind::bottleneck:
      return fmt::format("bottleneck {0}x{0}, 1/{1}", block.kernel, block.reduction);
    case ChainBlock::Kind::inverted_residual:
      break;
  }
  return fmt::format("inverted residual {0}x{0}, x{1}", block.kernel, block.expansion);
}

}  // namespace

Genotype parse_chain(const std::string& space, const std::vector<Decision>& decisions,
                     std::string_view text) {
  return Reader(space, decisions, text).read();
}

std::string describe(const ChainBlock& block) {
  std::string text = describe_kind(block);
  if (block.squeeze_excitation > 0) text += fmt::format(", se {}", block.squeeze_excitation);
  if (block.input_squeeze_excitation > 0)
    text += fmt::format(", input_se {}", block.input_squeeze_excitation);
  if (block.layers > 1) text += fmt::format(", {} layers", block.layers);
  return text;
}

}  // namespace wrcor
