// A copy of network namespaces, to try things in: links, addresses, routes, rules, lasting neighbours,
// settings and rules of nft, under the same names, in a folder of names of its own.
#pragma once

#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::lab {

struct CopySource {
    std::string name;
    int netns = -1;  ///< descriptor
};

/// Makes the copy. The calling process must have one thread: it is in a mount namespace of its own
/// afterwards, in which /run/netns holds the copies and nothing else. They end with the process and its
/// children. Cables that lead to other namespaces end in one that is made for them. Errors: what cannot be
/// copied, where it is known; the kernel's.
[[nodiscard]] Result<> copy_namespaces(std::vector<CopySource> const& sources);

}  // namespace vethwork::lab
