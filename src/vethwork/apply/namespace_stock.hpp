// Network namespaces made ahead: to make one is most of what a node costs, and the kernel makes two at once.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/netlink/connection.hpp>

namespace vethwork::apply {

/// A network namespace that has no name, and ends with these.
struct FreshNamespace {
    Fd handle;
    netlink::Connection socket;  ///< in it
};

/// The namespace of a socket. Unlike /proc/self this works in any mount and pid namespace.
[[nodiscard]] Result<Fd> handle_of(netlink::Connection const& connection);

/// Makes a namespace; this thread is inside it afterwards.
[[nodiscard]] Result<FreshNamespace> make_namespace();

/// A second thread that makes some of the namespaces that will be needed. What is not taken ends with it.
class NamespaceStock {
public:
    /// Below this many a thread is not worth its start.
    static constexpr std::size_t least = 16;

    /// Begins to make at most `count`, in the user namespace and with the rights of this thread.
    explicit NamespaceStock(std::size_t count);
    NamespaceStock(NamespaceStock const&) = delete;
    NamespaceStock& operator=(NamespaceStock const&) = delete;
    ~NamespaceStock();

    /// One that is ready, else one that this thread makes itself. Errors: what make_namespace() says.
    [[nodiscard]] Result<FreshNamespace> take();

private:
    void work();

    std::mutex lock_;
    std::condition_variable made_;
    std::size_t left_;  ///< to be begun, by either thread
    bool at_work_ = false;
    std::deque<FreshNamespace> ready_;
    std::thread second_;
};

}  // namespace vethwork::apply
