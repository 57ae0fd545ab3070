#include <vethwork/netlink/namespace_id.hpp>

#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <vethwork/netlink/codec.hpp>

namespace vethwork::netlink {

namespace {

constexpr auto request_fields = make_table<NamespaceIdRequest>(
    field<&NamespaceIdRequest::fd>(NETNSA_FD, "NETNSA_FD"),
    field<&NamespaceIdRequest::nsid>(NETNSA_NSID, "NETNSA_NSID"),
    field<&NamespaceIdRequest::target_nsid>(NETNSA_TARGET_NSID, "NETNSA_TARGET_NSID"));

struct Answer {
    std::optional<int> nsid, current_nsid;
};

constexpr auto answer_fields =
    make_table<Answer>(field<&Answer::nsid>(NETNSA_NSID, "NETNSA_NSID"),
                       field<&Answer::current_nsid>(NETNSA_CURRENT_NSID, "NETNSA_CURRENT_NSID"));

/// The kernel's -1 stands for no id.
std::optional<int> assigned(std::optional<int> id) { return id && *id >= 0 ? id : std::nullopt; }

}  // namespace

void write_namespace_id(NamespaceIdRequest const& request, MessageWriter& to) {
    to.fixed(rtgenmsg{.rtgen_family = AF_UNSPEC});
    request_fields.write(request, to);
}

Result<topology::NamespaceId> read_namespace_id(Message const& message) {
    ByteReader reader(message.payload);
    reader.skip(NLMSG_ALIGN(sizeof(rtgenmsg)));
    if (reader.failed()) return malformed_error("decode a namespace id: its header is cut short");
    Answer answer;
    if (auto error = answer_fields.read(reader.rest(), answer, "a namespace id")) return *std::move(error);
    if (!answer.nsid) return malformed_error("decode a namespace id: NETNSA_NSID is missing");
    return topology::NamespaceId{.nsid = assigned(answer.nsid),
                                 .tells_current = answer.current_nsid.has_value(),
                                 .current_nsid = assigned(answer.current_nsid),
                                 .name = {}};
}

}  // namespace vethwork::netlink
