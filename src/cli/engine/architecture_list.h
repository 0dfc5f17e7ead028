#pragma once

#include <string>
#include <vector>

#include "wrcor/search/search_spec.h"
#include "wrcor/space/search_space.h"

namespace wrcor::cli {

/// Architectures in the order of their naming; keeps those of a shard.
class ArchitectureList {
 public:
  static constexpr std::size_t longest = 4'000'000;  ///< number of architectures that are kept

  ArchitectureList(const SearchSpace& space, Shard shard) : space_(space), shard_(shard) {}

  /// @throws UsageError beyond the limit
  void add(Genotype genotype);
  /// @throws UsageError also for anything but an architecture string
  void add_text(const std::string& text);
  /// Adds those of a file, one per line, which is read line by line; blank lines and lines that
  /// start with # are skipped. @param file  "-" is standard input
  /// @throws UsageError for an invalid architecture; DataError for a file that cannot be read
  void add_file(const std::string& file);
  /// @param unique  only the representatives of the strict classes
  /// @throws UsageError when the space cannot be enumerated
  void add_space(bool unique);

  /// Whether no architecture was named, in any shard.
  bool nothing_named() const { return named_ == 0; }
  std::vector<Genotype> take() { return std::move(kept_); }

 private:
  const SearchSpace& space_;
  Shard shard_;
  std::size_t named_ = 0;
  std::vector<Genotype> kept_;
};

}  // namespace wrcor::cli
