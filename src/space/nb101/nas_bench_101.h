#pragma once

#include <cstdint>

#include "network.h"
#include "wrcor/space/builtin.h"

namespace wrcor {

/// The space of NAS-Bench-101: cells of up to 7 vertices, each a convolution or a pool, and up to 9
/// edges. A genotype is a frame of 7 vertices: whether each of the 21 edges is present, by source,
/// then by target, then the operation of each of the 5 interior vertices. Vertices on no path from
/// the input to the output are no part of the network: format() and parse() leave them out.
/// The index is the position of a cell's class among the 423,624 classes of isomorphic cells.
/// Parameters depend on the order of the vertices, so isomorphic cells are one class only where
/// they are evaluated by their representative: in Dedupe::strict.
/// Source: Ying et al., arXiv 1902.09635.
class NasBench101 final : public SearchSpace {
 public:
  enum class Sampling {
    unique,  ///< uniform over the classes, each by its representative
    matrix,  ///< random matrices, of which small cells are a large part
  };
  enum class Mutation {
    frame,      ///< of the benchmark's paper: every edge and operation may change
    published,  ///< of the published implementation: one operation and at most one edge
  };
  struct Settings {
    nb101::NetworkSizes sizes{};
    Sampling sampling = Sampling::unique;
    Mutation mutation = Mutation::frame;
  };

  /// @throws UsageError for sizes, images and classes that no network can have
  explicit NasBench101(const Settings& settings);

  std::string name() const override { return "nb101"; }
  std::string title() const override;
  NetworkInput input() const override { return settings_.sizes.input; }
  const std::vector<Decision>& decisions() const override;
  std::optional<std::uint64_t> size() const override;
  Genotype at(std::uint64_t index) const override;
  /// Of the class: cells of one class have one index.
  std::uint64_t index(const Genotype& genotype) const override;
  bool valid(const Genotype& genotype) const override;
  Genotype sample(Rng& rng) const override;
  Genotype mutate(const Genotype& parent, Rng& rng) const override;
  /// None for a cell without interior vertices: a further one needs two edges.
  std::vector<Genotype> neighbours(const Genotype& genotype) const override;
  Genotype parse(std::string_view text) const override;
  std::string format(const Genotype& genotype) const override;
  Genotype representative(const Genotype& genotype, Dedupe dedupe) const override;
  std::optional<Genotype> recorded_as(const Genotype& genotype) const override {
    return representative(genotype, Dedupe::strict);
  }
  bool connected(const Genotype& genotype) const override;
  Portrait portrait(const Genotype& genotype) const override;
  Costs costs(const Genotype& genotype) const override;
  NetworkPlan plan(const Genotype& genotype) const override;

 private:
  /// The pruned cell. @throws UsageError for a genotype that is not valid()
  nb101::Cell cell(const Genotype& genotype) const;

  Settings settings_;
};

SpaceFamily nb101_family();

}  // namespace wrcor
