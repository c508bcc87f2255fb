"""`trailbell verify --format ocsf` and `asff`: what findings say. Their schemas: verify_moto_test.

Usage: verify_findings_test.py BINARY PROJECT
"""

import json

from verify_test import VerifyTest
from harness import main
from inventories import Account, arn, make


class Findings(VerifyTest):
    def test_findings_say_what_the_verdict_says(self):
        expected = {"base/perfect": ("Pass", 1, "PASSED", "INFORMATIONAL"),
                    "alarm/threshold_two": ("Fail", 4, "FAILED", "HIGH"),
                    "api/access_denied": ("Warning", 3, "NOT_AVAILABLE", "MEDIUM")}
        for name, (status, severity, compliance, label) in expected.items():
            got = self.run_verify(make(name), "--format", "ocsf")
            (finding,) = map(json.loads, got.out.splitlines())
            self.assertEqual((finding["class_uid"], finding["type_uid"]), (2003, 200301))
            self.assertEqual(finding["compliance"]["status"], status)
            self.assertEqual(finding["severity_id"], severity)
            self.assertEqual(finding["compliance"]["requirements"], ["4.4"])
            (of_hub,) = json.loads(self.run_verify(make(name), "--format", "asff").out)
            self.assertEqual(of_hub["Compliance"]["Status"], compliance)
            self.assertEqual(of_hub["Severity"]["Label"], label)
            self.assertEqual(of_hub["Id"], finding["finding_info"]["uid"])
            self.assertEqual("Remediation" in of_hub, status == "Fail")

    def test_findings_keep_to_the_lengths_that_are_taken(self):
        account = Account()
        account.alarm["AlarmName"] = "\u00e4" * 3000
        account.alarm["AlarmArn"] = arn("cloudwatch", "alarm:" + "\u00e4" * 3000)
        account.alarm["Threshold"] = 5
        (finding,) = json.loads(self.run_verify(account.whole, "--format", "asff").out)
        self.assertLessEqual(len(finding["Description"].encode()), 1024)
        self.assertLessEqual(max(len(one["Id"].encode()) for one in finding["Resources"]), 512)
        text = finding["Remediation"]["Recommendation"]["Text"]
        self.assertLessEqual(len(text.encode()), 512)
        self.assertNotIn("\ufffd", finding["Description"] + text)


if __name__ == "__main__":
    main()
