// What the commands of one run of `ip` share: options, one connection, one output, what has been learnt.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <vethwork/apply/linux_kernel.hpp>
#include <vethwork/netlink/connection.hpp>
#include <vethwork/observe/links.hpp>
#include <vethwork/observe/names.hpp>
#include <vethwork/observe/namespace_ids.hpp>
#include <vethwork/report/ip_link.hpp>
#include <vethwork/report/ip_writer.hpp>

#include "ip/batch_window.hpp"
#include "ip/options.hpp"

namespace vethwork::app {

/// Whether hints of our own may follow iproute2's messages.
enum class Manner { ours, drop_in };

/// What `ip` prints for an error, without the newline.
[[nodiscard]] std::string error_text(Error const& error);

class Session {
public:
    Session(IpOptions options, Manner manner);

    [[nodiscard]] IpOptions const& options() const { return options_; }
    [[nodiscard]] Manner manner() const { return manner_; }
    /// Opened when first asked for. What waits in a batch is carried out first.
    [[nodiscard]] Result<netlink::Connection*> connection();
    /// One that lists while the other answers what is asked about the list's parts; the other is open then.
    [[nodiscard]] Result<netlink::Connection> another_connection();
    /// Likewise what changes the state, and finds links by name.
    [[nodiscard]] Result<apply::LinuxKernel*> settled_kernel();
    /// Names of links, learnt one by one or at once; connection() must have succeeded.
    [[nodiscard]] observe::LinkNames& names();
    /// Names of tables, protocols, scopes, realms, DS fields and groups, for parsing words; each file is read
    /// when it is first needed.
    [[nodiscard]] topology::Names& number_names() { return number_names_; }
    /// Names of namespaces by their id here; connection() must have succeeded.
    [[nodiscard]] observe::NamespaceNames& namespace_names();
    /// Carries out one operation; in a batch it may wait for others, and its error comes later.
    [[nodiscard]] Result<> perform(plan::Operation operation);
    /// A writer of the look that the options ask for.
    [[nodiscard]] report::IpWriter writer() const;
    /// The same for what is never JSON.
    [[nodiscard]] report::IpWriter text_writer() const;
    /// What a printer wants to know, bound to this session.
    [[nodiscard]] report::IpDetails details();
    /// Puts text on stdout.
    void print(std::string_view text);
    /// Puts what the writer holds on stdout where it is worth it: a long list never stands in memory as a
    /// whole.
    void pass_on(report::IpWriter& writer);
    /// What has been printed is written now: before another process writes, or while waiting.
    void flush();
    /// Puts a line on stderr, behind what is on stdout already.
    void warn(std::string_view line);
    /// Puts an error on stderr and gives the exit status that it stands for.
    int complain(Error const& error);
    /// The same for a list that broke off: the empty list and `Dump terminated` follow, and the status is 1.
    int complain_of_dump(Error const& error);
    /// Only puts an error on stderr.
    void tell(Error const& error) const;

    /// From here to set_batch(nullptr) operations wait in `window`, which must live as long.
    void set_batch(BatchWindow* window) { window_ = window; }
    void set_batch_line(int number) { line_ = number; }
    [[nodiscard]] bool in_batch() const { return window_ != nullptr; }
    /// Carries out what waits; the error has been complained of already, and its text is empty.
    [[nodiscard]] Result<> settle();
    /// The status with which the whole run must end: after a line that makes no sense, also with -force.
    [[nodiscard]] std::optional<int> must_end() const { return must_end_; }
    /// The state may have changed.
    void forget();

private:
    [[nodiscard]] Result<netlink::Connection*> open_connection();
    [[nodiscard]] Result<apply::LinuxKernel*> kernel();

    IpOptions options_;
    Manner manner_;
    std::optional<netlink::Connection> connection_;
    std::optional<apply::LinuxKernel> kernel_;
    std::optional<observe::LinkNames> names_;
    std::optional<observe::NamespaceNames> namespace_names_;
    topology::Names number_names_;
    BatchWindow* window_ = nullptr;
    int line_ = 0;
    std::optional<int> must_end_;
};

}  // namespace vethwork::app
