// The isomorphism classes of the literature, defects included: they reproduce published numbers
// only.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cell.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr std::string_view nothing = "#";

std::string published_term(const std::string& source, int operation, PublishedClasses classes) {
  if (classes == PublishedClasses::n6466 && (operation == NasBench201::none || source == nothing)) {
    return std::string(nothing);
  }
  if (operation == NasBench201::skip_connect) return source;
  std::string term = "(";
  term.append(source).append(")@").append(
      nas_bench_201_operations()[static_cast<std::size_t>(operation)].name);
  return term;
}

/// Class of each cell, by lexicographic id.
std::vector<std::uint16_t> published_class_table(PublishedClasses classes) {
  std::vector<std::uint16_t> class_of_id(NasBench201::cell_count);
  std::unordered_map<std::string, std::uint16_t> first_index;
  for (std::uint64_t index = 0; index < NasBench201::cell_count; ++index) {
    const std::uint64_t id = lexicographic_id(index);
    const auto [entry, is_new] = first_index.try_emplace(
        published_key(nb201::cells().at(id), classes), static_cast<std::uint16_t>(index));
    class_of_id[id] = entry->second;
  }
  return class_of_id;
}

}  // namespace

std::string published_key(const Genotype& genotype, PublishedClasses classes) {
  nb201::cells().require(genotype);
  std::array<std::string, nb201::node_count> text = {"0"};
  for (int node = 1; node < nb201::node_count; ++node) {
    std::vector<std::string> terms;
    for (int e = 0; e < NasBench201::edge_count; ++e) {
      if (nb201::edges[e].target != node) continue;
      terms.push_back(published_term(text[nb201::edges[e].source], genotype[e], classes));
    }
    std::sort(terms.begin(), terms.end());
    text[node] = join(terms, "+");
  }
  return text.back();
}

std::uint64_t published_class(const Genotype& genotype, PublishedClasses classes) {
  nb201::cells().require(genotype);
  static const std::vector<std::uint16_t> table_6466 =
      published_class_table(PublishedClasses::n6466);
  static const std::vector<std::uint16_t> table_12751 =
      published_class_table(PublishedClasses::n12751);
  const std::uint64_t id = nb201::cells().index(genotype);
  return classes == PublishedClasses::n6466 ? table_6466[id] : table_12751[id];
}

}  // namespace wrcor
