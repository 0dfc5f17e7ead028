#pragma once

#include <string>
#include <vector>

#include "wrcor/space/search_space.h"

namespace wrcor::cli {

/// Part I of N of a list: its elements I, I + N, I + 2 N, ... (from 1).
struct Shard {
  std::size_t number = 1;
  std::size_t count = 1;

  /// Reads "I/N"; an empty text is the whole list. @throws UsageError.
  static Shard parse(const std::string& text);
};

/// Architectures as they are named one after the other; keeps those of a shard.
class ArchitectureList {
 public:
  static constexpr std::size_t longest = 4'000'000;  ///< architectures that are kept

  ArchitectureList(const SearchSpace& space, Shard shard) : space_(space), shard_(shard) {}

  /// @throws UsageError beyond the limit
  void add(Genotype genotype);
  /// @throws UsageError for what is no architecture string, too
  void add_text(const std::string& text);
  /// Adds those of a file, one a line, which is read line by line; blank lines and lines that start
  /// with # are skipped. @param file  "-" is standard input
  /// @throws UsageError for what is no architecture; DataError for a file that cannot be read
  void add_file(const std::string& file);
  /// @param unique  the representatives of the strict classes only
  /// @throws UsageError when the space cannot be enumerated
  void add_space(bool unique);

  /// Whether nothing was named at all, in any shard.
  bool nothing_named() const { return named_ == 0; }
  std::vector<Genotype> take() { return std::move(kept_); }

 private:
  const SearchSpace& space_;
  Shard shard_;
  std::size_t named_ = 0;
  std::vector<Genotype> kept_;
};

}  // namespace wrcor::cli
