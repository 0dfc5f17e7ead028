#include "architecture_list.h"

#include "../architecture.h"
#include "core/file.h"
#include "core/text_file.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {

void ArchitectureList::add(Genotype genotype) {
  if (!shard_.holds(named_++)) return;
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
    // Unlike this command, describe accepts a number, and prints the string.
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
