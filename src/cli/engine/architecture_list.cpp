#include "architecture_list.h"

#include <charconv>

#include "../architecture.h"
#include "core/file.h"
#include "core/text_file.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {

Shard Shard::parse(const std::string& text) {
  Shard shard;
  if (text.empty()) return shard;
  const char* end = text.data() + text.size();
  const auto [slash, first_error] = std::from_chars(text.data(), end, shard.number);
  if (first_error == std::errc() && slash != end && *slash == '/') {
    const auto [stop, second_error] = std::from_chars(slash + 1, end, shard.count);
    if (second_error == std::errc() && stop == end && shard.number >= 1 &&
        shard.number <= shard.count)
      return shard;
  }
  throw UsageError("--shard: expected I/N with 1 <= I <= N, such as 2/8, got " + in_quotes(text));
}

void ArchitectureList::add(Genotype genotype) {
  if (named_++ % shard_.count != shard_.number - 1) return;
  if (kept_.size() == longest) {
    throw UsageError("more than " + std::to_string(longest) +
                     " architectures; take a part of them by --shard I/N");
  }
  kept_.push_back(std::move(genotype));
}

void ArchitectureList::add_text(const std::string& text) {
  try {
    add(space_.parse(text));
  } catch (const UsageError& error) {
    // describe accepts it, and prints the string.
    const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    if (!is_number && !text.starts_with("index:")) throw;
    const std::string tuple = tuple_hint(space_, text);
    throw UsageError(
        error.what() +
        (!tuple.empty() ? tuple : "; 'wrcor describe " + text + "' prints the string of this one"));
  }
}

void ArchitectureList::add_file(const std::string& file) {
  const bool is_standard_input = file == "-";
  InputFile opened = is_standard_input ? standard_input() : open_to_read(file);
  LineReader lines(opened, is_standard_input ? "standard input" : file);
  while (lines.next()) {
    const std::string& line = lines.line();
    if (line.find_first_not_of(" \t\r") == line.npos || line.starts_with('#')) continue;
    try {
      add_text(line);
    } catch (const UsageError& error) {
      throw UsageError(lines.place() + ": " + error.what());
    }
  }
}

void ArchitectureList::add_space(bool unique) {
  constexpr std::uint64_t most_listed = 10'000'000;
  if (!space_.size() || *space_.size() > most_listed) {
    throw UsageError("the space '" + space_.name() +
                     "' cannot be enumerated; name architectures instead");
  }
  for (std::uint64_t index = 0; index < *space_.size(); ++index) {
    Genotype genotype = space_.at(index);
    if (!unique || space_.representative(genotype, Dedupe::strict) == genotype)
      add(std::move(genotype));
  }
}

}  // namespace wrcor::cli
