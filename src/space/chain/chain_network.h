#pragma once

#include <string>
#include <vector>

#include "chain_definition.h"
#include "space/plan_builder.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// The place of a block in its network.
struct ChainPlace {
  int channels = 0;  ///< of its output
  int stride = 1;
  bool numbered = false;  ///< whether its layers are named by their numbers, too
};

/// A network as a chain of blocks between a stem and a head. Every activation is one response, of
/// what it reads and of the gradient there; the stem, each block and the head are units.
///
/// Tensors are named stem.{conv,bn}, blocks.i.<part>.{conv,bn} with the parts expand, depthwise,
/// project, conv, conv1, conv2, conv3, downsample, se.reduce and se.expand, head.{conv,bn} and
/// classifier. In a stem of several layers and at positions where a choice has several, the number
/// of the layer follows: stem.k.{conv,bn}, blocks.i.k.<part>.{conv,bn}. A part is a module of its
/// convolution, its batch norm and its activation.
class ChainNetwork {
 public:
  /// Begins with the stem.
  ChainNetwork(const FeatureShape& images, const ChainDefinition& definition);

  /// Adds a position; one of kind none adds nothing.
  void add_block(const ChainBlock& block, const ChainPlace& place);
  /// Adds the head, where the definition has one, and the classifier.
  NetworkPlan finish(int classes) &&;

  /// The parts of a network by themselves, for their costs. @param input  what they read
  static NetworkPlan stem_plan(const ChainDefinition& definition, const FeatureShape& images);
  static NetworkPlan block_plan(const ChainDefinition& definition, const ChainBlock& block,
                                const FeatureShape& input, const ChainPlace& place);
  static NetworkPlan head_plan(const ChainDefinition& definition, const FeatureShape& input,
                               int classes);

 private:
  explicit ChainNetwork(const ChainDefinition& definition) : definition_(definition) {}

  /// How a convolution is built, and whether it has an activation.
  struct Part {
    int channels = 0;
    int kernel = 1;
    int stride = 1;
    int groups = 1;
    bool activated = true;
  };

  bool activates_first() const {
    return definition_.order == ChainDefinition::Order::activation_first;
  }
  int add_part(int from, const Part& part, const std::string& path);
  int activate(int from, const std::string& path);
  int add_layer(const ChainBlock& block, int channels, int stride);
  int shortcut(int channels, int stride);
  int residual(const ChainBlock& block, int channels, int stride);
  int bottleneck(const ChainBlock& block, int channels, int stride);
  int inverted_residual(const ChainBlock& block, int channels, int stride);
  int squeeze_excitation(int from, double ratio);
  int biased_squeeze_excitation(int from, int width);
  int rescale(int from, int expanded);
  int biased_convolution(int from, int channels, const std::string& path);
  int add_shortcut(int main_path, int channels, int stride);

  const ChainDefinition& definition_;
  PlanBuilder builder_;
  int last_ = 0;      ///< the layer that gives the output so far
  int unit_ = 0;      ///< of the next responses
  int position_ = 0;  ///< of the next block
  std::string path_;  ///< of the layer that is being added
};

/// The rounded product, at least 1; halves are rounded to even numbers.
int scaled_width(int channels, double factor);

}  // namespace wrcor
