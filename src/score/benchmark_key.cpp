#include "score/benchmark_key.h"

#include <algorithm>
#include <charconv>

#include "core/csv.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/space/builtin.h"

namespace wrcor {
namespace {

Genotype numbered_genotype(const SearchSpace& space, BenchmarkKey::Kind kind,
                           const std::string& text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) {
    throw UsageError("expected a whole number, got " + in_quotes(text));
  }
  if (kind == BenchmarkKey::Kind::index) {
    if (auto genotype = space.at_official(number)) return *genotype;
  }
  if (!space.size()) {
    throw UsageError("the architectures of '" + space.name() +
                     "' have no numbers; name them by their strings (--key arch)");
  }
  if (number >= *space.size()) {
    throw UsageError("expected a number below " + std::to_string(*space.size()) + ", got " + text);
  }
  return space.at(number);
}

/// With the parentheses that distinguish a tuple from other texts.
std::string as_tuple(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \t");
  const bool bracketed = start != text.npos && (text[start] == '(' || text[start] == '[');
  return bracketed ? text : "(" + text + ")";
}

}  // namespace

BenchmarkKey BenchmarkKey::parse(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view kind = text.substr(0, equals);
  BenchmarkKey key;
  key.column = equals < text.size() ? text.substr(equals + 1) : kind;
  if (kind == "arch") {
    key.kind = Kind::arch;
  } else if (kind == "id") {
    key.kind = Kind::id;
  } else if (kind == "index") {
    key.kind = Kind::index;
  } else if (kind == "naslib") {
    key.kind = Kind::naslib;
  } else {
    throw UsageError("--key: expected arch, id, index or naslib, or arch=COLUMN and so on, got " +
                     in_quotes(text));
  }
  return key;
}

KeyColumns::KeyColumns(const BenchmarkKey& key, const CsvReader& csv) : kind_(key.kind) {
  const auto& header = csv.header();
  const bool is_column = std::find(header.begin(), header.end(), key.column) != header.end();
  for (std::size_t start = 0; start <= key.column.size();) {
    const std::size_t end =
        is_column ? key.column.size() : std::min(key.column.find('/', start), key.column.size());
    columns_.push_back(csv.column(key.column.substr(start, end - start)));
    start = end + 1;
  }
}

/// An architecture's text, of which each column has a part.
std::string KeyColumns::text_of(const CsvReader& csv) const {
  std::vector<std::string> parts;
  for (const std::size_t column : columns_) parts.push_back(csv.field(column));
  return join(parts, "/");
}

Genotype KeyColumns::read(const SearchSpace& space, const CsvReader& csv) const {
  const std::size_t column = columns_.front();
  try {
    if (kind_ == BenchmarkKey::Kind::arch) return parse_architecture(space, text_of(csv));
    if (kind_ == BenchmarkKey::Kind::naslib) return space.parse(as_tuple(csv.field(column)));
    return numbered_genotype(space, kind_, csv.field(column));
  } catch (const UsageError& error) {
    throw DataError(csv.place(column) + ": " + error.what());
  }
}

}  // namespace wrcor
