#include "network.h"

#include <utility>

#include "space/plan_builder.h"

namespace wrcor::mbv2 {
namespace {

constexpr double epsilon = 1e-3;

/// Adds block after block. A published layer is a module that wraps one of the framework: both give
/// its output. Nothing is counted for maps of one pixel, whose channels have no correlation.
class Writer {
 public:
  Writer(const FeatureShape& images, int resolution, bool squeeze) : squeeze_(squeeze) {
    last_ = builder_.input(images);
    if (images.height != resolution || images.width != resolution)
      last_ = builder_.resize(last_, resolution, resolution, "resize");
  }

  void add_block(const Block& block) {
    const std::string path = "module_list." + std::to_string(unit_) + ".module_list.";
    for (int layer = 0; layer < block.layers; ++layer) {
      if (block.is_mobile()) {
        add_mobile_layer(block, layer, path);
      } else {
        add_plain_layer(block, layer, path);
      }
    }
    builder_.count_modules(last_, 1);  // the block
    builder_.end_block(last_);
    ++unit_;
  }

  NetworkPlan finish(int classes) && {
    builder_.set_features(last_);
    builder_.linear(builder_.global_average(last_, "global_pooling"), classes,
                    "fc_linear.netblock");
    return std::move(builder_).take();
  }

 private:
  using Window = PlanBuilder::Window;

  void add_plain_layer(const Block& block, int layer, const std::string& path) {
    const auto place = [&](int k) { return path + std::to_string(3 * layer + k); };
    const int convolved = convolve(
        last_, block.out, Window::same(block.kernel, layer == 0 ? block.stride : 1), place(0));
    last_ = activate(normalise(convolved, place(1)), place(2));
  }

  void add_mobile_layer(const Block& block, int layer, const std::string& path) {
    const std::string bottleneck = path + std::to_string(2 * layer);
    const int stride = layer == 0 ? block.stride : 1;
    const int main_path = add_bottleneck(block, stride, bottleneck + ".module_list.");
    const int shortcut = layer == 0 ? project(block.out, stride, bottleneck + ".proj.") : last_;
    const int sum = builder_.sum({main_path, shortcut}, bottleneck);
    builder_.count_modules(sum, 1);
    last_ = activate(sum, path + std::to_string(2 * layer + 1));
  }

  /// Adds the layers parallel to the shortcut.
  int add_bottleneck(const Block& block, int stride, const std::string& path) {
    const int channels = block.depthwise_channels();
    int at = normalise(convolve(last_, channels, {}, path + "0"), path + "1");
    at = activate(at, path + "2");
    at = convolve(at, channels, Window::same(block.kernel, stride), path + "3", channels);
    at = activate(normalise(at, path + "4"), path + "5");
    if (squeeze_) at = squeeze_and_excite(at, path + "6");
    at = convolve(at, block.out, {}, path + (squeeze_ ? "7" : "6"));
    return normalise(at, path + (squeeze_ ? "8" : "7"));
  }

  int project(int channels, int stride, const std::string& path) {
    const int convolved = builder_.convolution(last_, channels, Window::same(1, stride), path + "0",
                                               {.groups = 1, .bias = true});
    const int normalised = builder_.batch_norm(convolved, path + "1", epsilon);
    builder_.count_modules(convolved, 1);
    builder_.count_modules(normalised, 2);  // itself, the sequence
    return normalised;
  }

  int squeeze_and_excite(int from, const std::string& path) {
    const auto place = [&](int k) { return path + ".netblock." + std::to_string(k); };
    const int channels = builder_.channels(from);
    int at = builder_.global_average(from, place(0));
    at = builder_.convolution(at, squeezed_channels(channels), {}, place(1));
    at = builder_.batch_norm(at, place(2), epsilon);
    at = respond(at, place(3), {Counting::reference, Counting::paper});
    at = builder_.convolution(at, channels, {}, place(4));
    at = builder_.batch_norm(at, place(5), epsilon);
    const int factors = builder_.unary(LayerKind::sigmoid, at, place(6));
    const int scaled = builder_.scale(from, factors, path);
    builder_.count_modules(scaled, 1);
    return scaled;
  }

  int convolve(int from, int channels, const Window& window, const std::string& path,
               int groups = 1) {
    const int convolved = builder_.convolution(from, channels, window, path + ".netblock",
                                               {.groups = groups, .bias = false});
    builder_.count_modules(convolved, 2);
    return convolved;
  }

  int normalise(int from, const std::string& path) {
    const int normalised = builder_.batch_norm(from, path + ".netblock", epsilon);
    builder_.count_modules(normalised, 2);
    return normalised;
  }

  int activate(int from, const std::string& path) {
    const int activated = respond(from, path, {Counting::paper});
    builder_.count_modules(activated, 1);
    return activated;
  }

  /// Adds a ReLU that is a response of the block: its input, and the gradient there.
  int respond(int from, const std::string& path, std::initializer_list<Counting> countings) {
    const int activated = builder_.relu(from, path);
    for (const Counting counting : countings) {
      builder_.tap_activation(counting, from, unit_);
      builder_.tap_gradient(counting, activated, unit_);
    }
    return activated;
  }

  PlanBuilder builder_;
  bool squeeze_;
  int last_ = 0;  ///< the layer that gives the output so far
  int unit_ = 0;  ///< of the next block
};

}  // namespace

NetworkPlan network_of(const Architecture& architecture, bool squeeze, const NetworkInput& input) {
  Writer writer(input.image, architecture.resolution, squeeze);
  for (const Block& block : architecture.blocks) writer.add_block(block);
  return std::move(writer).finish(input.classes);
}

}  // namespace wrcor::mbv2
