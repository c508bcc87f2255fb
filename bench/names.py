"""The sixteen IAM policy changes, for everything in this folder."""

IAM_POLICY_EVENTS = frozenset(
    "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy"
    " CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy"
    " DetachRolePolicy AttachUserPolicy DetachUserPolicy AttachGroupPolicy"
    " DetachGroupPolicy".split()
)
