#pragma once

#include "architecture.h"
#include "wrcor/space/builtin.h"

namespace wrcor {

/// The MobileNetV2-like space for ImageNet of the WRCor paper: a stem, seven blocks of inverted
/// bottlenecks, a last 1x1 convolution, in 39 decisions; too large to number. It reads every
/// network of its grammar (mbv2/architecture.h), also those that the decisions do not reach: they
/// have costs and networks, but are not valid() and have neither mutations nor neighbours
/// (mbv2/decisions.h has their genotypes). Networks resize the images of the data themselves.
/// Sources: Jing et al., arXiv 2507.08841; github.com/kunjing96/ZSNAS-WRCor.
class Mbv2 final : public SearchSpace {
 public:
  enum class Mutation {
    one_decision,  ///< another value of one decision, both uniform
    /// As published: expansion and kernel of one block change as a pair; its input channels,
    /// bottleneck and layers and the resolution are drawn again. Strides, the last block's channels
    /// and those of the block before it never change.
    published,
  };

  /// @param squeeze  whether mobile blocks have squeeze-excitation
  /// @throws UsageError for images of other than 3 channels, and for sizes below 1
  Mbv2(bool squeeze, Mutation mutation, const NetworkInput& input);

  std::string name() const override { return "mbv2"; }
  std::string title() const override;
  NetworkInput input() const override { return input_; }
  const std::vector<Decision>& decisions() const override;
  /// As published: not uniform, see mbv2::draw_choice(). The published limit of the FLOPs, which
  /// about 40 % of these keep to, is a constraint for the caller to set.
  Genotype sample(Rng& rng) const override;
  Genotype mutate(const Genotype& parent, Rng& rng) const override;
  std::vector<Genotype> neighbours(const Genotype& genotype) const override;
  Genotype parse(std::string_view text) const override;
  std::string format(const Genotype& genotype) const override;
  Portrait portrait(const Genotype& genotype) const override;
  Costs costs(const Genotype& genotype) const override;
  /// `flops_limit` and `size_published`, as the published search counts them.
  std::vector<NamedCost> further_costs(const Genotype& genotype) const override;
  NetworkPlan plan(const Genotype& genotype) const override;

 private:
  /// @throws UsageError for anything but a genotype
  mbv2::Architecture architecture(const Genotype& genotype) const;
  /// @throws UsageError for a network that the 39 decisions do not reach
  void require_decisions(const Genotype& genotype) const;
  Genotype mutate_as_published(const Genotype& parent, Rng& rng) const;

  bool squeeze_;
  Mutation mutation_;
  NetworkInput input_;
};

SpaceFamily mbv2_family();

}  // namespace wrcor
