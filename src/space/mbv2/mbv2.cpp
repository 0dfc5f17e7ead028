#include "mbv2.h"

#include <cmath>

#include "costs.h"
#include "decisions.h"
#include "network.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

void require_input(const NetworkInput& input) {
  if (input.image.channels != mbv2::image_channels)
    throw UsageError("mbv2: expected images of 3 channels, got " +
                     std::to_string(input.image.channels));
  const auto at_least_one = [](const char* what, int value) {
    if (value >= 1) return;
    throw UsageError("mbv2: " + std::string(what) + ": expected at least 1, got " +
                     std::to_string(value));
  };
  at_least_one("height of the images", input.image.height);
  at_least_one("width of the images", input.image.width);
  at_least_one("classes", input.classes);
}

/// Without ".0" where there is no fraction.
nlohmann::ordered_json number(double value) {
  const bool whole = value == std::floor(value) && value < 1e15;
  return whole ? nlohmann::ordered_json(static_cast<std::int64_t>(value))
               : nlohmann::ordered_json(value);
}

Portrait::Parts block_table(const mbv2::Architecture& architecture) {
  Portrait::Parts parts{
      {"block", "kernel", "expansion", "in", "out", "stride", "bottleneck", "layers", "resolution"},
      {}};
  const auto of_mobile = [](const mbv2::Block& block, int value) {
    return block.is_mobile() ? std::to_string(value) : std::string("-");
  };
  int in = mbv2::image_channels, resolution = architecture.resolution;
  for (const mbv2::Block& block : architecture.blocks) {
    resolution /= block.stride;
    parts.rows.push_back({std::to_string(parts.rows.size()), std::to_string(block.kernel),
                          of_mobile(block, block.expansion), std::to_string(in),
                          std::to_string(block.out), std::to_string(block.stride),
                          of_mobile(block, block.bottleneck), std::to_string(block.layers),
                          std::to_string(resolution)});
    in = block.out;
  }
  return parts;
}

}  // namespace

Mbv2::Mbv2(bool squeeze, Mutation mutation, const NetworkInput& input)
    : squeeze_(squeeze), mutation_(mutation), input_(input) {
  require_input(input);
}

std::string Mbv2::title() const {
  return "the MobileNetV2-like space of WRCor (Jing et al., arXiv 2507.08841)";
}

const std::vector<Decision>& Mbv2::decisions() const { return mbv2::decisions(); }

mbv2::Architecture Mbv2::architecture(const Genotype& genotype) const {
  if (mbv2::has_decisions(genotype)) require_choices(genotype);
  return mbv2::architecture_of(genotype);
}

void Mbv2::require_decisions(const Genotype& genotype) const {
  if (mbv2::has_decisions(genotype)) return require_choices(genotype);
  throw UsageError("mbv2: expected a network of the space's 39 decisions, got " +
                   in_quotes(format(genotype)) +
                   ", which has no neighbours and cannot be mutated; it can be scored, described "
                   "and trained");
}

Genotype Mbv2::sample(Rng& rng) const {
  Genotype genotype;
  for (int decision = 0; decision < mbv2::decision_count; ++decision)
    genotype.push_back(mbv2::draw_choice(decision, rng));
  return genotype;
}

Genotype Mbv2::mutate(const Genotype& parent, Rng& rng) const {
  require_decisions(parent);
  return mutation_ == Mutation::published ? mutate_as_published(parent, rng)
                                          : SearchSpace::mutate(parent, rng);
}

Genotype Mbv2::mutate_as_published(const Genotype& parent, Rng& rng) const {
  Genotype child = parent;
  const auto redraw = [&](int decision) {
    child[static_cast<std::size_t>(decision)] = mbv2::draw_choice(decision, rng);
  };
  const int mobile = static_cast<int>(rng.below(mbv2::mobile_count));
  do {
    redraw(mbv2::expansion_at + mobile);
    redraw(mbv2::kernel_at + mobile);
  } while (child == parent);
  redraw(mbv2::channels_at + mobile);  // of the block before
  redraw(mbv2::bottleneck_at + mobile);
  redraw(mbv2::layers_at + mobile);
  redraw(mbv2::resolution_at);
  return child;
}

std::vector<Genotype> Mbv2::neighbours(const Genotype& genotype) const {
  require_decisions(genotype);
  return SearchSpace::neighbours(genotype);
}

Genotype Mbv2::parse(std::string_view text) const {
  return mbv2::genotype_of(mbv2::read_architecture(text));
}

std::string Mbv2::format(const Genotype& genotype) const {
  return mbv2::write_architecture(architecture(genotype));
}

Portrait Mbv2::portrait(const Genotype& genotype) const {
  const mbv2::Architecture shown = architecture(genotype);
  Portrait portrait;
  for (const NamedCost& cost : further_costs(genotype))
    portrait.facts.push_back({cost.name,
                              cost.name == "flops_limit" ? "FLOPs as limited" : "published size",
                              number(cost.value), true});
  portrait.facts.push_back({"depth", "layers", shown.layers()});
  portrait.facts.push_back({"in_space", "within the 39 decisions", mbv2::has_decisions(genotype)});
  portrait.parts = block_table(shown);
  return portrait;
}

Costs Mbv2::costs(const Genotype& genotype) const {
  const auto all = mbv2::costs_of(architecture(genotype), squeeze_, input_.classes);
  return {.params = all.params, .flops = all.flops};
}

std::vector<NamedCost> Mbv2::further_costs(const Genotype& genotype) const {
  const auto all = mbv2::costs_of(architecture(genotype), squeeze_, input_.classes);
  return {{"flops_limit", all.flops_limit},
          {"size_published", static_cast<double>(all.size_published)}};
}

NetworkPlan Mbv2::plan(const Genotype& genotype) const {
  return mbv2::network_of(architecture(genotype), squeeze_, input_);
}

SpaceFamily mbv2_family() {
  return {.options = {{"se", "squeeze-excitation in the mobile blocks: 1 yes, 0 no", 0, 1, 1},
                      {"published_mutation",
                       "mutation: 1 as published (strides and last widths never change), 0 of any "
                       "one decision",
                       0, 1, 0}},
          .make = [](const SpaceOptions& options, const NetworkInput& input) {
            const auto mutation = options.at("published_mutation") == 1
                                      ? Mbv2::Mutation::published
                                      : Mbv2::Mutation::one_decision;
            return std::make_unique<Mbv2>(options.at("se") == 1, mutation, input);
          }};
}

}  // namespace wrcor
