#pragma once

#include <memory>

#include "wrcor/proxy/builtin.h"
#include "wrcor/proxy/proxy.h"

// Every proxy's factory; each proxy lives in the .cpp file that is named above it.
namespace wrcor {

// response_correlation.cpp
std::unique_ptr<Proxy> make_wrcor(const ProxyContext&);
std::unique_ptr<Proxy> make_rcor(const ProxyContext&);
std::unique_ptr<Proxy> make_acor(const ProxyContext&);
std::unique_ptr<Proxy> make_gcor(const ProxyContext&);

// naswot.cpp
std::unique_ptr<Proxy> make_naswot(const ProxyContext&);
std::unique_ptr<Proxy> make_grad_hamming(const ProxyContext&);
std::unique_ptr<Proxy> make_act_grad_hamming(const ProxyContext&);

// swap.cpp
std::unique_ptr<Proxy> make_swap(const ProxyContext&);
std::unique_ptr<Proxy> make_swap_reg(const ProxyContext&);

// saliency.cpp
std::unique_ptr<Proxy> make_snip(const ProxyContext&);
std::unique_ptr<Proxy> make_plain(const ProxyContext&);
std::unique_ptr<Proxy> make_grad_norm(const ProxyContext&);

// fisher.cpp
std::unique_ptr<Proxy> make_fisher(const ProxyContext&);

// grasp.cpp
std::unique_ptr<Proxy> make_grasp(const ProxyContext&);

// synflow.cpp
std::unique_ptr<Proxy> make_synflow(const ProxyContext&);
std::unique_ptr<Proxy> make_synflow_bn(const ProxyContext&);

// zico.cpp
std::unique_ptr<Proxy> make_zico(const ProxyContext&);

// costs.cpp
std::unique_ptr<Proxy> make_params(const ProxyContext&);
std::unique_ptr<Proxy> make_flops(const ProxyContext&);

// weight_norms.cpp
std::unique_ptr<Proxy> make_l2_norm(const ProxyContext&);
std::unique_ptr<Proxy> make_layerwise_dyn_isometry(const ProxyContext&);

// input_jacobian.cpp
std::unique_ptr<Proxy> make_jacob_cor(const ProxyContext&);
std::unique_ptr<Proxy> make_jacob_cor_logdet(const ProxyContext&);
std::unique_ptr<Proxy> make_epe(const ProxyContext&);
std::unique_ptr<Proxy> make_resp_sens(const ProxyContext&);

// dyn_isometry.cpp
std::unique_ptr<Proxy> make_dyn_isometry(const ProxyContext&);

// bundle_entropy.cpp
std::unique_ptr<Proxy> make_bundle_entropy(const ProxyContext&);

// feature_distance.cpp
std::unique_ptr<Proxy> make_feature_distance(const ProxyContext&);

// meco.cpp
std::unique_ptr<Proxy> make_meco(const ProxyContext&);
std::unique_ptr<Proxy> make_meco_opt(const ProxyContext&);

// az_nas.cpp
std::unique_ptr<Proxy> make_az_expressivity(const ProxyContext&);
std::unique_ptr<Proxy> make_az_progressivity(const ProxyContext&);
std::unique_ptr<Proxy> make_az_trainability(const ProxyContext&);

// perturbation.cpp
std::unique_ptr<Proxy> make_phi(const ProxyContext&);
std::unique_ptr<Proxy> make_phi_bn(const ProxyContext&);
std::unique_ptr<Proxy> make_phi_with_data(const ProxyContext&);
std::unique_ptr<Proxy> make_phi_with_data_bn(const ProxyContext&);
std::unique_ptr<Proxy> make_zen(const ProxyContext&);
std::unique_ptr<Proxy> make_zen_with_data(const ProxyContext&);

// bt.cpp
std::unique_ptr<Proxy> make_bt(const ProxyContext&);

}  // namespace wrcor
