#pragma once

#include <array>
#include <cstdint>

#include "wrcor/space/builtin.h"

namespace wrcor {

/// The size space of NATS-Bench ("sss"): one cell, and one of 8 widths for each of five places. A
/// genotype holds the position of each width in 8, 16, .. 64, in the order of the network: stem and
/// first cell, first reduction, second cell, second reduction, third cell. The index is the
/// benchmark's, the number to the base 8. Source: Dong et al., arXiv 2009.00437.
class NatsSss final : public SearchSpace {
 public:
  static constexpr int width_count = 5;
  static constexpr int choice_count = 8;
  static constexpr std::uint64_t network_count = 32768;

  /// @throws UsageError for less than one cell or class, and for images whose height or width is no
  ///         multiple of 4
  NatsSss(int cells_per_stage, const NetworkInput& input);

  std::string name() const override { return "nats_sss"; }
  std::string title() const override;
  NetworkInput input() const override { return input_; }
  const std::vector<Decision>& decisions() const override;
  std::optional<std::uint64_t> size() const override { return network_count; }
  Genotype at(std::uint64_t index) const override;
  std::uint64_t index(const Genotype& genotype) const override;
  Genotype parse(std::string_view text) const override;
  std::string format(const Genotype& genotype) const override;
  Portrait portrait(const Genotype& genotype) const override;
  Costs costs(const Genotype& genotype) const override;
  NetworkPlan plan(const Genotype& genotype) const override;

 private:
  /// @throws UsageError for anything but a genotype
  std::array<int, width_count> widths(const Genotype& genotype) const;

  int cells_per_stage_;
  NetworkInput input_;
};

SpaceFamily nats_sss_family();

}  // namespace wrcor
