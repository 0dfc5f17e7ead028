#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "wrcor/space/network_plan.h"

namespace wrcor {

/// Appends layers to a plan, works out their shapes and tensors, and refuses what does not fit with
/// std::logic_error. Each function that adds a layer returns its position.
class PlanBuilder {
 public:
  struct Window {
    int kernel = 1;
    int stride = 1;
    int padding = 0;
    /// Keeps the size, up to the stride, for every odd kernel.
    static Window same(int kernel, int stride = 1) { return {kernel, stride, kernel / 2}; }
  };
  struct ConvolutionOptions {
    int groups = 1;
    bool bias = false;
  };

  int input(const FeatureShape& images);
  int convolution(int from, int channels, const Window& window, std::string name,
                  const ConvolutionOptions& options = {1, false});
  int batch_norm(int from, std::string name, double epsilon = 1e-5);
  /// A layer without parameters whose output has its input's shape.
  int unary(LayerKind kind, int from, std::string name);
  int relu(int from, std::string name) { return unary(LayerKind::relu, from, std::move(name)); }
  int average_pool(int from, const Window& window, std::string name);
  int max_pool(int from, const Window& window, std::string name);
  int sum(std::vector<int> terms, std::string name);
  int concat(std::vector<int> parts, std::string name);
  int narrow(int from, int first_channel, int channels, std::string name);
  /// @param factors  one a channel
  int scale(int from, int factors, std::string name);
  int resize(int from, int height, int width, std::string name);
  int global_average(int from, std::string name);
  int linear(int from, int outputs, std::string name);

  const FeatureShape& shape(int layer) const;
  int channels(int layer) const { return shape(layer).channels; }

  /// Replaces the default, that of frameworks, for the layer's parameters of this role.
  void set_initial(int layer, ParameterRole role, const Distribution& initial);
  /// Adds to the modules of the published network that give the layer's output.
  void count_modules(int layer, int modules);
  void end_block(int layer) { plan_.blocks.push_back(layer); }
  /// @param layer  whose output the classifier pools
  void set_features(int layer) { plan_.features = layer; }
  /// A response: the output of a layer.
  void tap_activation(Counting counting, int layer, int unit, int multiplicity = 1);
  /// A response: the gradient at the input of a layer.
  void tap_gradient(Counting counting, int layer, int unit);

  NetworkPlan take() &&;

 private:
  int add(Layer layer);
  int add_window(LayerKind kind, int from, int channels, const Window& window, std::string name);

  NetworkPlan plan_;
  std::array<std::map<std::pair<int, int>, int>, 2> activations_;  ///< (layer, unit): multiplicity
};

}  // namespace wrcor
